public import Core

/// An event as it was stored.
public struct StoredEvent: Sendable {
  public var id: EventID
  public var ts: Timestamp
  public var receivedAt: Timestamp
  public var columns: EventColumns
  /// The ledger's number of the batch that brought it.
  public var batchID: Int64
  /// The record as the sensor sent it; nil where the query did not ask for it.
  public var raw: [UInt8]?
}

/// Where a page of events begins: behind this event in the list's order.
public struct EventPosition: Sendable, Hashable {
  public var ts: Timestamp
  public var id: EventID

  public init(ts: Timestamp, id: EventID) {
    self.ts = ts
    self.id = id
  }

  public init(_ event: StoredEvent) {
    self.init(ts: event.ts, id: event.id)
  }
}
