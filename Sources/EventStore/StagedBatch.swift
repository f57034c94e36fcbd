public import Core

/// One received batch, validated and encoded, that waits for its commit.
///
/// Everything that identifies its events is fixed here, ids included, so that a commit whose outcome
/// was lost can be tried again without storing anything twice.
public struct StagedBatch: Sendable {
  /// The ledger's number of this batch, also its receipt.
  public let id: Int64
  public let organization: OrganizationID
  /// The API key that sent it.
  public var keyID: String?
  /// The endpoint or listener that took it: `http.events`, `syslog.tcp`.
  public var source: String
  public var key: BatchKey?
  public var receivedAt: Timestamp
  /// The revision of the rules that it was matched with; it is committed under no other.
  public var rulesRevision: Int64
  /// Records in the batch: those in `rows` and those in `quarantined`.
  public var received = 0
  public var rows = EventRows()
  public private(set) var detections: [StagedDetection] = []
  private var detectionBytes = 0
  public private(set) var quarantined: [QuarantinedRecord] = []
  private var quarantinedBytes = 0

  public init(
    id: Int64, organization: OrganizationID, keyID: String? = nil, source: String,
    key: BatchKey? = nil, receivedAt: Timestamp, rulesRevision: Int64 = 0
  ) {
    self.id = id
    self.organization = organization
    self.keyID = keyID
    self.source = source
    self.key = key
    self.receivedAt = receivedAt
    self.rulesRevision = rulesRevision
  }

  public mutating func add(_ detection: StagedDetection) {
    detections.append(detection)
    detectionBytes += detection.byteCount
  }

  public mutating func add(_ record: QuarantinedRecord) {
    quarantined.append(record)
    quarantinedBytes += record.byteCount
  }

  /// The memory that the batch holds, in bytes; what strings share is counted each time.
  public var byteCount: Int { rows.byteCount + detectionBytes + quarantinedBytes }
}

/// A sender's own name for a batch: `Idempotency-Key`, or the identity of a RELP or HEC transfer.
public struct BatchKey: Sendable, Equatable {
  public var text: String
  /// SHA-256 of the body, so that one key cannot stand for two bodies.
  public var digest: [UInt8]

  public init(text: String, digest: [UInt8]) {
    self.text = text
    self.digest = digest
  }
}

extension QuarantinedRecord {
  var byteCount: Int { MemoryLayout<Self>.stride + raw.count + detail.utf8.count }
}

extension StagedDetection {
  var byteCount: Int {
    MemoryLayout<Self>.stride + fields.count + matched.count
      + (host?.utf8.count ?? 0) + (user?.utf8.count ?? 0)
  }
}

/// A record that cannot be stored as an event.
public struct QuarantinedRecord: Sendable, Equatable {
  /// Its position in the batch, from 0.
  public var index: Int
  public var sourceType: String?
  /// A stable reason: `timestamp_out_of_range`, `json_invalid`, …
  public var code: String
  public var detail: String
  /// The original bytes.
  public var raw: [UInt8]

  public init(index: Int, sourceType: String?, code: String, detail: String, raw: [UInt8]) {
    self.index = index
    self.sourceType = sourceType
    self.code = code
    self.detail = detail
    self.raw = raw
  }
}

/// A rule's match on one event of the batch.
public struct StagedDetection: Sendable {
  /// The event's position in the batch's `rows`.
  public var row: Int
  public var ruleID: String
  public var ruleVersion: Int32
  public var level: String
  public var severity: EventSeverity
  public var sourceType: String
  public var srcIP: IPAddress?
  public var dstIP: IPAddress?
  public var host: String?
  public var user: String?
  /// A JSON object of the values that correlations group and count by, as UTF-8.
  public var fields: [UInt8]
  /// A JSON object that says why the rule matched, as UTF-8.
  public var matched: [UInt8]
  /// The ids of the exceptions that held.
  public var exceptions: [Int64]
  /// The rules and correlations for which it is not to count.
  public var excepted: [String]

  public init(
    row: Int, ruleID: String, ruleVersion: Int32, level: String, columns: EventColumns,
    fields: [UInt8], matched: [UInt8], exceptions: [Int64] = [], excepted: [String] = []
  ) {
    self.row = row
    self.ruleID = ruleID
    self.ruleVersion = ruleVersion
    self.level = level
    severity = columns.severity
    sourceType = columns.sourceType
    srcIP = columns.srcIP
    dstIP = columns.dstIP
    host = columns.host
    user = columns.user
    self.fields = fields
    self.matched = matched
    self.exceptions = exceptions
    self.excepted = excepted
  }
}

/// What became of a batch once its transaction had committed.
public struct BatchOutcome: Sendable, Equatable {
  public var received: Int
  public var stored: Int
  public var duplicates: Int
  public var quarantined: Int
  /// Positions in the batch of records that were stored before.
  public var duplicateIndexes: [Int] = []
  /// Records that PostgreSQL itself refused; they are in quarantine.
  public var refused: [QuarantinedRecord] = []
  /// The batch that was stored under the same key before.
  public var replayOf: Int64?
  /// The key was used before for another body: nothing of this batch was stored.
  public var keyConflict = false
  /// The revision of the rules now in force, where the batch was matched with another: nothing of it
  /// was stored, and it has to be matched again.
  public var currentRules: Int64?
  /// A snapshot of PostgreSQL's; what includes it shows the batch. Nil where it could not be told.
  public var position: String?

  public init(received: Int, stored: Int, duplicates: Int, quarantined: Int) {
    self.received = received
    self.stored = stored
    self.duplicates = duplicates
    self.quarantined = quarantined
  }

  /// Of a batch that has to be matched again.
  static func outdated(_ received: Int, currentRules: Int64) -> BatchOutcome {
    var outcome = BatchOutcome(received: received, stored: 0, duplicates: 0, quarantined: 0)
    outcome.currentRules = currentRules
    return outcome
  }
}
