public import Core

/// What normalization makes of one record. One instance is reused for many.
public struct NormalizedEvent: Sendable {
  public var columns = EventColumns()
  /// The fields that rules read, with the log sources that decide which rules apply.
  public var fields = EventFields()
  /// The sender's own id of this very event, by which a resent one is known; nil if it has none. It is
  /// unique within the tenant and the source type, and at most 512 bytes.
  public var senderEventID: String?

  public init() {}

  /// Forgets the event and keeps the memory.
  public mutating func reset() {
    columns = EventColumns()
    fields.removeAll()
    senderEventID = nil
  }
}
