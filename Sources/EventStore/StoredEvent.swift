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

/// Which events a list holds. All conditions must hold; nil is no condition.
public struct EventFilter: Sendable, Hashable {
  public var organization: OrganizationID
  /// Inclusive.
  public var from: Timestamp
  /// Exclusive.
  public var to: Timestamp
  public var severity: ClosedRange<Int16>?
  public var sourceType: String?
  public var eventID: String?
  public var srcIP: AddressCondition?
  public var dstIP: AddressCondition?
  public var host: String?
  public var user: String?
  public var action: String?
  public var outcome: String?

  public init(organization: OrganizationID, from: Timestamp, to: Timestamp) {
    self.organization = organization
    self.from = from
    self.to = to
  }
}

/// One address, or every address of a network.
public enum AddressCondition: Sendable, Hashable {
  case equals(IPAddress)
  case within(CIDRBlock)

  /// Reads an address or a network in CIDR notation.
  public init?(_ text: String) {
    if let address = IPAddress(text) {
      self = .equals(address)
    } else if let block = CIDRBlock(text) {
      self = .within(block)
    } else {
      return nil
    }
  }
}

/// Where a page of events begins: behind this event in the list's order.
public struct EventPosition: Sendable, Hashable {
  public var ts: Timestamp
  public var id: EventID

  public init(ts: Timestamp, id: EventID) {
    self.ts = ts
    self.id = id
  }
}
