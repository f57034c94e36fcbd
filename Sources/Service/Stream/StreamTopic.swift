internal import Access
internal import Core

/// What a stream can tell of.
enum StreamTopic: String, CaseIterable, Sendable {
  /// Each change of an incident, in order, from the outbox.
  case incidents
  /// That events were stored, and how many, about once a second.
  case events
  /// How the service itself is.
  case health

  var scope: Scope {
    switch self {
    case .incidents: .incidentsRead
    case .events: .eventsRead
    case .health: .operate
    }
  }

  /// Reads `incidents,events`; one that is named twice counts once.
  static func read(_ text: String?) throws(Problem) -> Set<StreamTopic> {
    guard let text else { return [.incidents] }
    var topics: Set<StreamTopic> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let topic = StreamTopic(rawValue: String(name)) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw QueryReader.invalid("topics", "must be some of \(known), with commas between them")
      }
      topics.insert(topic)
    }
    return topics
  }

  /// Matches what ``read(_:)`` takes.
  static let pattern: String = {
    let one = "(" + allCases.map(\.rawValue).joined(separator: "|") + ")"
    return "^\(one)(,\(one))*$"
  }()
}

extension Principal {
  /// - Throws: the ``Problem`` 403 that names the scope that a topic needs.
  func require(_ topics: Set<StreamTopic>) throws(Problem) {
    for topic in StreamTopic.allCases where topics.contains(topic) { try require(topic.scope) }
  }
}
