internal import Core
internal import Correlation

/// Something that an incident is about.
public struct IncidentEntity: Hashable, Sendable {
  /// `ip`, `host` or `user`.
  public let type: String
  public let value: String

  public init(type: String, value: String) {
    self.type = type
    self.value = value
  }

  /// How many an incident names.
  static let most: Int32 = 100

  var json: String {
    JSONText.object([("type", JSONText.string(type)), ("value", JSONText.string(value))])
  }

  /// The entities of some evidence, without repetition, in order, at most `most`.
  static func all(in evidence: [EvidenceItem]) -> [IncidentEntity] {
    var found: Set<IncidentEntity> = []
    for item in evidence {
      let detection = item.detection
      let values = [
        ("ip", detection.srcIP?.description), ("ip", detection.dstIP?.description),
        ("host", detection.host), ("user", detection.user),
      ]
      for case (let type, let value?) in values where !value.isEmpty {
        found.insert(IncidentEntity(type: type, value: value))
      }
    }
    let sorted = found.sorted { ($0.type, $0.value) < ($1.type, $1.value) }
    return Array(sorted.prefix(Int(most)))
  }
}
