public import Core

/// What a person changes of an incident; nil leaves a part as it is.
public struct IncidentChange: Sendable, Equatable {
  public enum Assignment: Sendable, Equatable {
    case nobody
    case person(String)
  }

  public var status: IncidentStatus?
  public var assignee: Assignment?
  public var verdict: IncidentVerdict?
  public var severity: IncidentSeverity?
  public var title: String?
  public var tags: [String]?
  public var comment: String?

  public init() {}
}

/// What became of a change.
public enum IncidentChangeResult: Sendable, Equatable {
  case changed(Incident)
  /// Somebody was faster: this is how it stands now.
  case stale(Incident)
  case notFound
  /// The state of the incident forbids it.
  case refused([FieldError], current: Incident)
}

extension FieldError {
  fileprivate static func notAllowed(_ field: String, _ detail: String) -> FieldError {
    FieldError(pointer: "/\(field)", code: "not_allowed", detail: detail)
  }
}

extension IncidentChange {
  /// What forbids the change.
  func problems(for incident: Incident) -> [FieldError] {
    var problems: [FieldError] = []
    if let status, !incident.status.canBecome(status) {
      problems.append(
        .notAllowed(
          "status",
          "an incident that is \(incident.status.rawValue) cannot become \(status.rawValue)"))
    }
    let next = status ?? incident.status
    if next == .resolved, (verdict ?? incident.verdict) == nil {
      problems.append(
        FieldError(
          pointer: "/verdict", code: "required", detail: "resolving needs a verdict: give one"))
    }
    if incident.status == .merged, !isOnlyComment {
      problems.append(
        .notAllowed("status", "the incident is merged: change the one that it was merged into"))
    }
    return problems
  }

  /// Whether it says something and changes nothing.
  var isOnlyComment: Bool {
    var rest = self
    rest.comment = nil
    return comment != nil && rest == IncidentChange()
  }

  /// The journal's account of the change.
  func detail(from incident: Incident) -> String {
    var members: [(String, String)] = []
    func add(_ name: String, _ old: String?, _ new: String?) {
      guard old != new else { return }
      members.append(
        (
          name,
          JSONText.object([("from", JSONText.string(old)), ("to", JSONText.string(new))])
        ))
    }
    if let status { add("status", incident.status.rawValue, status.rawValue) }
    if let verdict { add("verdict", incident.verdict?.rawValue, verdict.rawValue) }
    if let severity { add("severity", incident.severity.rawValue, severity.rawValue) }
    if let title { add("title", incident.title, title) }
    switch assignee {
    case nil: break
    case .nobody?: add("assignee", incident.assignee, nil)
    case .person(let name)?: add("assignee", incident.assignee, name)
    }
    if let tags, tags != incident.tags {
      members.append(("tags", JSONText.array(tags.map { JSONText.string($0) })))
    }
    if let comment { members.append(("comment", JSONText.string(comment))) }
    return JSONText.object(members)
  }
}
