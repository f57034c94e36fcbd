internal import Compression
internal import Core
internal import EventScanner
internal import EventStore
internal import Normalization
internal import Rulebook

/// A batch that is ready to commit, and the months its events fall into.
struct StagedRequest: Sendable {
  var batch: StagedBatch
  /// One time of each month.
  var months: [Timestamp]
  /// The matches in it.
  var hits: [DetectionHit]
}

/// Turns the bytes of one request into rows, detections and quarantined records: the CPU work of
/// ingestion, without I/O.
struct BatchStager: Sendable {
  let limits: IngestLimits
  let rules: CompiledRules
  let meter: RuleCostMeter
  let dictionaries: RawRecords.Dictionaries
  let sampler: RawSampler
  let toolbox: StagingToolbox

  /// How many records are read between two looks at the memory that they take.
  private static let memoryStep = 128

  /// - Throws: `IngestError`: `.malformed` with the offset for a body that isn't what it claims to be,
  ///   `.tooLarge` for one with too many records or of too much memory, `.overloaded` where there is
  ///   no room for what it becomes.
  func stage(
    _ request: IngestRequest, _ memory: MemoryReservation, number: Int64
  ) throws -> StagedRequest {
    var run = StagingRun(self, request, try toolbox.take(), number: number)
    defer { toolbox.giveBack(run.tools) }
    var framer = BodyFramer(contentType: request.contentType, limits: limits.scan)
    var tape = JSONTape()
    do {
      while let record = try framer.next(request.body.span.bytes, into: &tape) {
        guard record.index < limits.batchRecords else {
          throw IngestError(
            .tooLarge, "the batch has more than \(limits.batchRecords) records: split it")
        }
        try run.add(record, tape, of: request.body)
        if record.index % Self.memoryStep == 0 { try memory.growNow(to: run.byteCount) }
      }
    } catch let error as ScanError {
      throw IngestError(
        .malformed, "\(error.message), at byte \(error.offset) of the body", cause: error)
    }
    try memory.growNow(to: run.byteCount)
    return run.finish()
  }
}

/// The state of staging one request.
private struct StagingRun {
  private let stager: BatchStager
  private let request: IngestRequest
  private let accepted: ClosedRange<Timestamp>
  private let header: StagedBatch.Header
  private var batch: StagedBatch
  private var months: [Timestamp] = []
  private var hits: [DetectionHit] = []
  private(set) var tools: StagingTools
  private var samples: [String: [[UInt8]]] = [:]

  init(
    _ stager: BatchStager, _ request: IngestRequest, _ tools: StagingTools, number: Int64
  ) {
    self.stager = stager
    self.tools = tools
    self.request = request
    accepted = stager.limits.acceptedTimes(at: request.receivedAt)
    let key = request.batchKey.map {
      BatchKey(text: $0, digest: EventIdentity.digest(of: request.body))
    }
    batch = StagedBatch(
      id: number, organization: request.organization, keyID: request.keyID, source: request.source,
      key: key, receivedAt: request.receivedAt, rulesRevision: stager.rules.revision)
    header = batch.header
    batch.rows.reserveCapacity(request.body.count)
  }

  /// Bytes of the body and of what has been made of it.
  var byteCount: Int { request.body.count + batch.byteCount }

  /// - Parameter body: what the record and the tape are ranges of.
  mutating func add(
    _ record: FramedRecord, _ tape: borrowing JSONTape, of body: [UInt8]
  ) throws {
    batch.received += 1
    if let error = record.error {
      quarantine(body[record.range], record, code: error.code.rawValue, detail: error.message)
      return
    }
    do throws(NormalizationError) {
      try tools.normalizer.normalize(
        body.span.bytes, tape: tape, sourceTypeHint: request.sourceType,
        receivedAt: request.receivedAt, into: &tools.event)
    } catch {
      quarantine(
        body[record.range], record,
        sourceType: error.code == .notAnEvent ? nil : tools.event.columns.sourceType,
        code: error.code.rawValue, detail: error.description)
      return
    }
    if tape.containsNUL { tools.event.columns.replaceNULs() }
    let ts = tools.event.columns.ts ?? request.receivedAt
    guard accepted.contains(ts) else {
      quarantine(
        body[record.range], record, sourceType: tools.event.columns.sourceType,
        code: "timestamp_out_of_range",
        detail: "ts is \(ts), outside \(accepted.lowerBound) to \(accepted.upperBound)")
      return
    }
    try store(body, record, at: ts)
  }

  private mutating func store(
    _ body: [UInt8], _ record: FramedRecord, at ts: Timestamp
  ) throws {
    if months.last?.month.start != ts.month.start,
      !months.contains(where: { $0.month.start == ts.month.start })
    {
      months.append(ts)
    }
    let sourceType = tools.event.columns.sourceType
    let row = batch.rows.count
    let id = identify(record.index, at: ts)
    if let dictionary = stager.dictionaries.dictionary(for: sourceType) {
      tools.frame.removeAll(keepingCapacity: true)
      try tools.compressor.compress(
        body.span.bytes.extracting(record.range), dictionary: dictionary, into: &tools.frame)
      batch.rows.append(
        columns: tools.event.columns, ts: ts, id: id, index: record.index, batch: header,
        raw: tools.frame)
    } else {
      let raw = body[record.range]
      batch.rows.append(
        columns: tools.event.columns, ts: ts, id: id, index: record.index, batch: header, raw: raw)
      if stager.sampler.wants(sourceType) { samples[sourceType, default: []].append(Array(raw)) }
    }
    detect(row)
  }

  private mutating func detect(_ row: Int) {
    stager.meter.offer(tools.event.fields)
    let first = hits.count
    stager.rules.detector.detect(
      tools.event, row: row, receivedAt: request.receivedAt, scratch: &tools.matching,
      into: &hits)
    for hit in hits[first...] { batch.add(StagedDetection(hit, of: tools.event.columns)) }
  }

  private mutating func identify(_ index: Int, at ts: Timestamp) -> EventID {
    if let senderID = tools.event.senderEventID {
      return tools.identity.named(senderID, sourceType: tools.event.columns.sourceType, at: ts)
    }
    if let key = request.batchKey {
      return tools.identity.positioned(index, in: .init(text: key), at: ts)
    }
    return tools.identity.unnamed(at: ts)
  }

  private mutating func quarantine(
    _ raw: ArraySlice<UInt8>, _ record: FramedRecord, sourceType: String? = nil, code: String,
    detail: String
  ) {
    batch.add(
      QuarantinedRecord(
        index: record.index, sourceType: sourceType ?? request.sourceType, code: code,
        detail: detail,
        raw: Array(raw)))
  }

  mutating func finish() -> StagedRequest {
    for (sourceType, records) in samples { stager.sampler.offer(sourceType, records) }
    return StagedRequest(batch: batch, months: months, hits: hits)
  }
}

extension StagedDetection {
  init(_ hit: DetectionHit, of columns: EventColumns) {
    self.init(
      row: hit.row, ruleID: hit.ruleID, ruleVersion: hit.ruleVersion, level: hit.level,
      columns: columns, fields: hit.fields, matched: hit.matched, exceptions: hit.exceptions,
      excepted: hit.excepted)
  }
}

extension EventColumns {
  /// Puts U+FFFD for each NUL, which PostgreSQL's text can't hold; the raw record keeps it.
  mutating func replaceNULs() {
    let columns: [WritableKeyPath<EventColumns, String?>] = [
      \.eventID, \.proto, \.host, \.user, \.process, \.action, \.outcome, \.message,
    ]
    for column in columns {
      self[keyPath: column] = self[keyPath: column].map(Self.withoutNULs)
    }
    sourceType = Self.withoutNULs(sourceType)
  }

  static func withoutNULs(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}
