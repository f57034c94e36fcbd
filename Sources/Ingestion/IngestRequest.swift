public import Core

/// One batch as it was received, whole and inflated.
public struct IngestRequest: Sendable {
  public var organization: OrganizationID
  /// The API key that sent it.
  public var keyID: String?
  /// The endpoint or listener that took it: `http.events`.
  public var source: String
  /// The body's media type; nil where the sender named none.
  public var contentType: String?
  /// What the sender says of all its records; each is recognised where this is nil.
  public var sourceType: String?
  /// The sender's own name for the batch.
  public var batchKey: String?
  public var receivedAt: Timestamp
  public var body: [UInt8]

  public init(
    organization: OrganizationID, keyID: String? = nil, source: String, contentType: String? = nil,
    sourceType: String? = nil, batchKey: String? = nil, receivedAt: Timestamp, body: [UInt8]
  ) {
    self.organization = organization
    self.keyID = keyID
    self.source = source
    self.contentType = contentType
    self.sourceType = sourceType
    self.batchKey = batchKey
    self.receivedAt = receivedAt
    self.body = body
  }
}

/// What became of a batch, by record. It is given only once the batch is durable.
public struct IngestReceipt: Sendable, Equatable {
  public struct Item: Sendable, Equatable {
    public enum Status: String, Sendable {
      case duplicate, quarantined
    }

    /// The record's position in the batch, from 0.
    public var index: Int
    public var status: Status
    public var code: String
    public var detail: String
  }

  /// How many items a receipt lists at most; the counts are always whole.
  public static let itemLimit = 100

  /// The ledger's number of the batch.
  public var batchID: Int64
  public var received: Int
  public var stored: Int
  public var duplicates: Int
  public var quarantined: Int
  /// The first of the records that were not stored, in the order of the batch.
  public var items: [Item]
  /// What a reader has to see to see the batch (`BatchOutcome.position`).
  public var position: String?
}
