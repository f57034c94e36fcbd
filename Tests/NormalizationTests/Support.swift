import Core
import EventScanner
import Normalization
import Testing

/// Scans and normalizes one record.
func normalize(
  _ text: String, hint: String? = nil, receivedAt: Timestamp = received
) throws -> NormalizedEvent {
  try normalize(Array(text.utf8), hint: hint, receivedAt: receivedAt)
}

func normalize(
  _ bytes: [UInt8], hint: String? = nil, receivedAt: Timestamp = received
) throws -> NormalizedEvent {
  var normalizer = Normalizer()
  return try normalize(bytes, hint: hint, receivedAt: receivedAt, with: &normalizer)
}

func normalize(
  _ bytes: [UInt8], hint: String? = nil, receivedAt: Timestamp = received,
  with normalizer: inout Normalizer
) throws -> NormalizedEvent {
  var tape = JSONTape()
  var event = NormalizedEvent()
  try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
  try normalizer.normalize(
    bytes.span.bytes, tape: tape, sourceTypeHint: hint, receivedAt: receivedAt, into: &event)
  return event
}

/// Normalizes a record whose error is passed over: its fields are still there.
func fields(of text: String) throws -> NormalizedEvent {
  var normalizer = Normalizer()
  var tape = JSONTape()
  var event = NormalizedEvent()
  let bytes = Array(text.utf8)
  try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
  #expect(throws: NormalizationError.self) {
    try normalizer.normalize(bytes.span.bytes, tape: tape, into: &event)
  }
  return event
}

/// Normalizes a line of text.
func normalizeText(
  _ text: String, hint: String? = nil, receivedAt: Timestamp = received
) throws -> NormalizedEvent {
  var normalizer = Normalizer()
  var event = NormalizedEvent()
  try normalizer.normalizeText(
    Array(text.utf8).span.bytes, sourceTypeHint: hint, receivedAt: receivedAt, into: &event)
  return event
}

/// 2026-11-21T12:00:00Z.
let received = Timestamp("2026-11-21T12:00:00Z")!

func time(_ text: String) -> Timestamp { Timestamp(text)! }

extension NormalizedEvent {
  /// The record's own fields, null left out, the different values of one name joined by line ends.
  var recordFields: [String: String] {
    var values: [String: [String]] = [:]
    for entry in fields.entries.prefix(fields.recordEntryCount) where entry.kind != .null {
      let value = fields.value(of: entry)
      let name = fields.name(of: entry)
      if values[name]?.contains(value) != true { values[name, default: []].append(value) }
    }
    return values.mapValues { $0.joined(separator: "\n") }
  }

  var logSourceTexts: [String] {
    fields.logSources.sources.map {
      "\($0.category ?? "-")/\($0.product ?? "-")/\($0.service ?? "-")"
    }
  }
}
