public import Core

/// The identity of an incident, a UUID of version 8 whose first 48 bits are the milliseconds of its
/// first fire.
public struct IncidentID: Hashable, Sendable {
  public let uuid: EventID

  public init(uuid: EventID) {
    self.uuid = uuid
  }

  /// A new identity for an incident whose condition first held at `ts`.
  public init(firstFire ts: Timestamp) {
    var random = SystemRandomNumberGenerator()
    uuid = EventID(timestamp: ts, entropy: (random.next(), random.next()))
  }
}

extension IncidentID: CustomStringConvertible, LosslessStringConvertible {
  public var description: String { uuid.description }

  public init?(_ description: String) {
    guard let uuid = EventID(description) else { return nil }
    self.uuid = uuid
  }
}
