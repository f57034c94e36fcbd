internal import Core
internal import EventScanner
internal import EventStore
internal import Normalization

/// Makes events of stored records once more, as ingestion did when they came.
struct RecordReader {
  private let scanner = JSONScanner(
    limits: ScanLimits(maxLeaves: 65_536, maxRecordBytes: RawRecords.maxRecordBytes))
  private var tape = JSONTape()
  private var normalizer: Normalizer

  init(mappings: MappingCatalog) {
    normalizer = Normalizer(catalog: mappings)
  }

  /// - Throws: `BacktestError` of code `.unreadable`: today's normalization refuses the record.
  mutating func read(
    _ record: EventRecord, into event: inout NormalizedEvent
  ) throws(BacktestError) {
    let isText = record.raw.first { $0 > 0x20 } != UInt8(ascii: "{")
    do {
      if isText {
        try normalizer.normalizeText(
          record.raw.span.bytes, sourceTypeHint: record.sourceType, receivedAt: record.receivedAt,
          into: &event)
      } else {
        try scanner.scanRecord(record.raw.span.bytes, into: &tape)
        try normalizer.normalize(
          record.raw.span.bytes, tape: tape, sourceTypeHint: record.sourceType,
          receivedAt: record.receivedAt, into: &event)
      }
    } catch {
      throw BacktestError(.unreadable, "raw: \(error)")
    }
    event.columns.host = event.columns.host.map(StoredText.withoutNULs)
    event.columns.user = event.columns.user.map(StoredText.withoutNULs)
  }
}
