/// Events of a list, in its order.
public struct EventPage: Sendable {
  public var events: [StoredEvent] = []
  /// Whether there are more events than the page holds, for their size.
  public var isCutShort = false

  public init() {}
}
