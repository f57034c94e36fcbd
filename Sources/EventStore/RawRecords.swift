public import Compression
internal import Core
internal import NIOConcurrencyHelpers
public import Postgres
internal import Tenancy

/// The dictionaries for `events.raw`, which holds a record as it came or as one zstd frame.
///
/// Until a dictionary is trained for its source type a record is kept as it came. A frame names its
/// dictionary and `raw_dictionaries` holds it, so each row is whole by itself. Dictionaries are only
/// ever added.
public final class RawRecords: Sendable {
  /// What is known of the dictionaries at one time.
  public struct Dictionaries: Sendable {
    fileprivate var byID: [UInt32: ZstdDictionary] = [:]
    fileprivate var bySource: [String: ZstdDictionary] = [:]

    /// The newest dictionary for records of a source type.
    public func dictionary(for sourceType: String) -> ZstdDictionary? { bySource[sourceType] }

    public var count: Int { byID.count }
  }

  /// How many dictionaries there are at most: each is kept in memory, and source types are named by
  /// senders.
  public static let dictionaryLimit = 64

  /// The largest record that is read back, in bytes.
  public static let maxRecordBytes = 16 << 20

  private let pool: PostgresPool
  private let known = NIOLockedValueBox(Dictionaries())

  /// - Parameter pool: the service's own, since dictionaries belong to no organization.
  public init(pool: PostgresPool) {
    self.pool = pool
  }

  public var dictionaries: Dictionaries { known.withLockedValue { $0 } }

  /// Reads the dictionaries that other nodes have added.
  public func reload() async throws {
    let rows = try await pool.withConnection { connection in
      try connection.query(Self.all) { (try $0.text(0), try $0.bytea(1)) }
    }
    for (sourceType, bytes) in rows {
      add(try ZstdDictionary(bytes: bytes), for: sourceType)
    }
  }

  /// Trains a dictionary on whole records of one source type and keeps it, unless there are as many
  /// as there may be. Nodes that train at the same moment may each add one more.
  public func train(on samples: [[UInt8]], of sourceType: String) async throws {
    let dictionary = try ZstdDictionary.train(samples: samples, capacity: 64 << 10)
    let added = try await pool.withConnection { connection in
      try connection.execute(
        Self.insert,
        [
          .int8(Int64(dictionary.id)), .text(sourceType), .bytea(dictionary.bytes),
          .int4(Int32(samples.count)), .int8(Int64(Self.dictionaryLimit)),
        ])
    }
    // Only what is in the database can be read again, by any node.
    guard added == 1 else { return try await reload() }
    add(dictionary, for: sourceType)
  }

  /// Runs an organization's query whose rows are decoded, once more if a row names a dictionary of
  /// another node.
  func decoding<R: Sendable>(
    _ organization: OrganizationID, on tenants: TenantPool,
    _ query: @Sendable (isolated PostgresConnection, RawDecoder) throws -> R
  ) async throws -> R {
    do {
      let known = dictionaries
      return try await tenants.withConnection(organization) {
        try query($0, RawDecoder(known.byID))
      }
    } catch let error as CompressionError where error.code == .unknownDictionary {
      try await reload()
      let known = dictionaries
      return try await tenants.withConnection(organization) {
        try query($0, RawDecoder(known.byID))
      }
    }
  }

  private func add(_ dictionary: ZstdDictionary, for sourceType: String) {
    known.withLockedValue { known in
      guard known.byID[dictionary.id] == nil else { return }
      known.byID[dictionary.id] = dictionary
      known.bySource[sourceType] = dictionary
    }
  }

  private static let all = PostgresStatement(
    "raw_dictionaries.all",
    """
    select source_type, dictionary
    from raw_dictionaries
    order by created_at, id
    """)
  private static let insert = PostgresStatement(
    "raw_dictionaries.insert",
    """
    insert into raw_dictionaries (id, source_type, dictionary, trained_on)
    select $1, $2, $3, $4
    where (select count(*) from raw_dictionaries) < $5
    on conflict do nothing
    """)
}

/// Gives the original bytes of `events.raw` and `quarantine.raw`.
struct RawDecoder {
  private let decompressor: ZstdDecompressor

  init(_ dictionaries: [UInt32: ZstdDictionary]) throws {
    decompressor = try ZstdDecompressor { dictionaries[$0] }
  }

  func decode(_ raw: [UInt8]) throws -> [UInt8] {
    // No record begins like a frame: its first byte, 0x28, would be a bracket outside JSON, and the
    // second is not UTF-8.
    guard ZstdFrame.begins(raw) else { return raw }
    return try decompressor.decompress(raw, maxSize: RawRecords.maxRecordBytes)
  }
}
