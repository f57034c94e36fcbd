internal import Core
internal import Postgres

/// A condition of a filter as `incident_terms` holds it: incidents with one of some values of a kind.
struct IncidentTerm: Sendable, Equatable {
  let kind: String
  /// Several only for kinds of which an incident has one value, so that none is found twice.
  let values: [String]

  init(_ kind: String, _ values: String...) {
    self.kind = kind
    self.values = values
  }

  init(_ kind: String, anyOf values: [String]) {
    self.kind = kind
    self.values = values
  }

  /// Whether the indexes of lists have its column, so that it costs nothing more to look at.
  var isInIndexes: Bool { column != nil && kind != "rule" }

  /// Whether the indexes of lists tell of most incidents that lack it (`technique_mask`).
  var isMasked: Bool { kind == "technique" }

  /// Of so many incidents that lack a masked term, one must be looked at nevertheless: an incident has one
  /// or two techniques, and each two of 64 bits.
  static let maskGain = 16.0

  /// The column of `incidents` with the same value, where there is one.
  var column: String? {
    switch kind {
    case "status", "severity", "assignee", "verdict": kind
    case "rule": "rule_id"
    default: nil
    }
  }

  /// How a value is written in the table, as SQL over a parameter.
  func stored(_ parameter: String) -> String {
    switch kind {
    case "host", "user": "lower(correlation_text(\(parameter)))"
    case "ip", "rule": "correlation_text(\(parameter))"
    default: parameter
    }
  }
}

extension IncidentFilter {
  /// The conditions that are terms; the one that is likely to let through the fewest comes first.
  ///
  /// - Parameter words: of `text`.
  func terms(words: [String]) -> [IncidentTerm] {
    var terms = words.map { IncidentTerm("word", $0) }
    if let entity { terms.append(IncidentTerm(entity.type, entity.value)) }
    if let technique { terms.append(IncidentTerm("technique", technique)) }
    if let tag { terms.append(IncidentTerm("tag", tag)) }
    if let ruleID { terms.append(IncidentTerm("rule", ruleID)) }
    switch assignee {
    case nil: break
    case .nobody?: terms.append(IncidentTerm("assignee", ""))
    case .person(let name)?: terms.append(IncidentTerm("assignee", name))
    }
    if !verdicts.isEmpty {
      terms.append(IncidentTerm("verdict", anyOf: verdicts.map(\.rawValue)))
    }
    if !statuses.isEmpty {
      terms.append(IncidentTerm("status", anyOf: statuses.map(\.rawValue)))
    }
    if !severities.isEmpty {
      terms.append(IncidentTerm("severity", anyOf: severities.map(\.rawValue)))
    }
    return terms
  }
}
