public import Core

/// A webhook of an organization.
public struct WebhookID: Hashable, Sendable, CustomStringConvertible {
  public let uuid: EventID

  public init(uuid: EventID) {
    self.uuid = uuid
  }

  /// Reads the UUID form; nil for anything else.
  public init?(_ text: String) {
    guard let uuid = EventID(text) else { return nil }
    self.uuid = uuid
  }

  public static func random() -> WebhookID { WebhookID(uuid: .random()) }

  public var description: String { uuid.description }
}

/// One message to one webhook; the same for each attempt to send it.
public struct WebhookDeliveryID: Hashable, Sendable, CustomStringConvertible {
  public let uuid: EventID

  public init(uuid: EventID) {
    self.uuid = uuid
  }

  public init?(_ text: String) {
    guard let uuid = EventID(text) else { return nil }
    self.uuid = uuid
  }

  public static func random() -> WebhookDeliveryID { WebhookDeliveryID(uuid: .random()) }

  public var description: String { uuid.description }
}

extension EventID {
  /// A UUID of version 4.
  static func random() -> EventID {
    var generator = SystemRandomNumberGenerator()
    let high: UInt64 = generator.next()
    let low: UInt64 = generator.next()
    return EventID(
      high: high & ~0xF000 | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}
