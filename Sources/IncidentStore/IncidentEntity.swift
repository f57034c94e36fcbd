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

  /// The entities of some evidence, without repetition, at most `most`, in the order of
  /// `incident_entities`, so that the ones that are named do not depend on how they came.
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
    return Array(found.sorted(by: precedes).prefix(Int(most)))
  }

  /// By the bytes of type and value.
  private static func precedes(_ left: IncidentEntity, _ right: IncidentEntity) -> Bool {
    left.type != right.type
      ? left.type.utf8.lexicographicallyPrecedes(right.type.utf8)
      : left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }
}
