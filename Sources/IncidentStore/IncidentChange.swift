public import Core

/// What a person changes of an incident; nil leaves a part as it is.
public struct IncidentChange: Sendable, Equatable {
  public enum Assignment: Sendable, Equatable {
    case nobody
    case person(String)
  }

  /// A member that can be taken away.
  public enum Setting<Value: Sendable & Equatable>: Sendable, Equatable {
    case nothing
    case value(Value)

    public var value: Value? {
      if case .value(let value) = self { value } else { nil }
    }
  }

  public var status: IncidentStatus?
  public var assignee: Assignment?
  public var verdict: Setting<IncidentVerdict>?
  public var verdictReason: Setting<String>?
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
  static func notAllowed(_ pointer: String, _ detail: String) -> FieldError {
    FieldError(pointer: pointer, code: "not_allowed", detail: detail)
  }
}

extension IncidentChange {
  /// What forbids the change.
  func problems(for incident: Incident) -> [FieldError] {
    var problems: [FieldError] = []
    if incident.status == .merged, !isOnlyComment {
      let detail = "the incident is merged: change the one that it was merged into"
      return [.notAllowed("/status", detail)]
    }
    if let status, !incident.status.canBecome(status) {
      problems.append(
        .notAllowed(
          "/status",
          "an incident that is \(incident.status.rawValue) cannot become \(status.rawValue)"))
    }
    let next = status ?? incident.status
    let known = verdict.map(\.value) ?? incident.verdict
    if next == .resolved, known == nil {
      problems.append(
        FieldError(
          pointer: "/verdict", code: "required", detail: "resolving needs a verdict: give one"))
    }
    return problems
  }

  /// Whether it says something and changes nothing.
  var isOnlyComment: Bool {
    comment != nil && withoutComment == IncidentChange()
  }

  var withoutComment: IncidentChange {
    var rest = self
    rest.comment = nil
    return rest
  }

  /// Whether an open or closed incident is opened again, which takes its verdict away.
  func reopens(_ incident: Incident) -> Bool {
    status == .open && (incident.status == .resolved || incident.status == .dismissed)
  }

  /// The journal's account of the change, without the comment; nil where nothing is other than before.
  func detail(from incident: Incident) -> String? {
    var members: [(String, String)] = []
    func add(_ name: String, _ old: String?, _ new: String?) {
      guard old != new else { return }
      let values = [("from", JSONText.string(old)), ("to", JSONText.string(new))]
      members.append((name, JSONText.object(values)))
    }
    if let status { add("status", incident.status.rawValue, status.rawValue) }
    if let verdict { add("verdict", incident.verdict?.rawValue, verdict.value?.rawValue) }
    if let verdictReason { add("verdict_reason", incident.verdictReason, verdictReason.value) }
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
    return members.isEmpty ? nil : JSONText.object(members)
  }
}
