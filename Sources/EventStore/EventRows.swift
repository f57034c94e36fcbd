public import Core
internal import Postgres

/// Events encoded as COPY BINARY tuples of `events`, with what the commit must know of each.
public struct EventRows: Sendable {
  public struct Reference: Sendable {
    public let ts: Timestamp
    public let id: EventID
    /// Position of the record in its batch, from 0.
    public let index: Int
    /// Where the tuple ends in the encoded bytes.
    let end: Int
    /// The index of its group in the tally.
    let group: Int32
  }

  static let columns = [
    "ts", "received_at", "id", "organization_id", "severity", "src_port", "dst_port", "source_type",
    "event_id", "src_ip", "dst_ip", "protocol", "host", "user", "process", "action", "outcome",
    "message", "batch_id", "raw", "deleted_at",
  ]

  private(set) var encoder = PostgresRowEncoder()
  public private(set) var references: [Reference] = []
  private(set) var tally = EventTally()

  public init() {}

  /// - Parameter bytes: of all encoded events, as far as they can be told beforehand.
  public mutating func reserveCapacity(_ bytes: Int) {
    encoder.reserveCapacity(bytes)
  }

  public var count: Int { references.count }
  public var byteCount: Int {
    encoder.bytes.count + references.count * MemoryLayout<Reference>.stride + tally.byteCount
  }

  /// Appends one event.
  ///
  /// - Parameters:
  ///   - ts: `columns.ts`, or the time of arrival where the record has none.
  ///   - raw: the record as it came, or one zstd frame of it.
  /// - Precondition: text in `columns` holds no NUL, which PostgreSQL cannot store.
  public mutating func append(
    columns: EventColumns, ts: Timestamp, id: EventID, index: Int, batch: StagedBatch.Header,
    raw: some Collection<UInt8>
  ) {
    encoder.beginRow(columns: Self.columns.count)
    encoder.timestamptz(microseconds: ts.microseconds)
    encoder.timestamptz(microseconds: batch.receivedAt.microseconds)
    encoder.uuid(high: id.high, low: id.low)
    encoder.int4(batch.organization.rawValue)
    encoder.int2(columns.severity.rawValue)
    encoder.optional(columns.srcPort)
    encoder.optional(columns.dstPort)
    encoder.text(columns.sourceType)
    encoder.optional(columns.eventID)
    encoder.optional(columns.srcIP)
    encoder.optional(columns.dstIP)
    encoder.optional(columns.proto)
    encoder.optional(columns.host)
    encoder.optional(columns.user)
    encoder.optional(columns.process)
    encoder.optional(columns.action)
    encoder.optional(columns.outcome)
    encoder.optional(columns.message)
    encoder.int8(batch.id)
    encoder.bytea(raw)
    encoder.null()
    let group = tally.count(
      ts: ts, severity: columns.severity.rawValue, sourceType: columns.sourceType)
    references.append(
      Reference(ts: ts, id: id, index: index, end: encoder.bytes.count, group: group))
  }

  /// The encoded tuple of one event.
  func tuple(_ row: Int) -> ArraySlice<UInt8> {
    let start = row == 0 ? 0 : references[row - 1].end
    return encoder.bytes[start..<references[row].end]
  }

  /// The bytes of the `raw` column of one event: the last field but one, before a null of 4 bytes.
  func raw(_ row: Int) -> [UInt8] {
    let tuple = tuple(row)
    var field = tuple.startIndex + 2
    for _ in 0..<(Self.columns.count - 2) {
      field += 4 + max(0, Self.length(tuple, at: field))
    }
    return Array(tuple[(field + 4)..<(field + 4 + Self.length(tuple, at: field))])
  }

  private static func length(_ tuple: ArraySlice<UInt8>, at index: Int) -> Int {
    let bits = tuple[index..<(index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Int(Int32(bitPattern: bits))
  }
}

extension StagedBatch {
  /// What each row of a batch repeats.
  public struct Header: Sendable {
    public let id: Int64
    public let organization: OrganizationID
    public let receivedAt: Timestamp

    public init(id: Int64, organization: OrganizationID, receivedAt: Timestamp) {
      self.id = id
      self.organization = organization
      self.receivedAt = receivedAt
    }
  }

  public var header: Header {
    Header(id: id, organization: organization, receivedAt: receivedAt)
  }
}

extension PostgresRowEncoder {
  mutating func optional(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  mutating func optional(_ value: Int32?) {
    if let value { int4(value) } else { null() }
  }

  mutating func optional(_ value: Timestamp?) {
    if let value { timestamptz(microseconds: value.microseconds) } else { null() }
  }

  mutating func optional(_ value: IPAddress?) {
    switch value?.family {
    case .v4: inet(v4: UInt32(truncatingIfNeeded: value!.value))
    case .v6: inet(v6: value!.value)
    case nil: null()
    }
  }
}
