/// Events of a list, in its order.
public struct EventPage: Sendable {
  public var events: [StoredEvent] = []
  /// Whether there are more events than the page holds, for their size.
  public var isCutShort = false
  /// Where the list goes on, if it took too long to find as many events as were asked for.
  public var continuation: EventPosition?

  public init() {}
}
