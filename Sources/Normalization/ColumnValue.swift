internal import Core
internal import EventScanner

/// One leaf of a record, to be read as a column's value.
struct ColumnValue {
  let bytes: Range<Int>
  let node: Int

  /// Whether it is an empty string, which stands for "nothing" in most sources, or an empty container.
  func isEmpty(_ tape: borrowing JSONTape) -> Bool {
    bytes.isEmpty || tape.nodes[node].kind.isContainer && tape.nodes[node].end == node + 1
  }

  /// Whether it is the `-` by which many sources say "nothing".
  func isDash(_ span: RawSpan) -> Bool {
    bytes.count == 1 && span.byte(at: bytes.lowerBound) == UInt8(ascii: "-")
  }

  /// Its text with escapes resolved. Of arrays only those are noted that are one text.
  private func unescaped(_ span: RawSpan, _ tape: borrowing JSONTape) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    if tape.nodes[node].kind == .array {
      ArrayText.append(span, tape, node, to: &text)
    } else {
      tape.appendValue(at: node, in: span, to: &text)
    }
    return text
  }

  /// Its text, cut to a limit.
  func string(_ span: RawSpan, _ tape: borrowing JSONTape, limit: Int) -> String {
    let leaf = tape.nodes[node]
    if leaf.kind.isContainer || leaf.flags.contains(.valueEscaped) {
      return TextLimits.string(unescaped(span, tape), limit: limit)
    }
    return TextLimits.plain(span, bytes, limit: limit)
  }

  func timestamp(
    _ span: RawSpan, _ tape: borrowing JSONTape, _ reading: Reading
  ) -> Timestamp? {
    if case .auditID = reading {
      let start = bytes.firstIndex { span.byte(at: $0) == UInt8(ascii: "(") }.map { $0 + 1 }
      let begin = start ?? bytes.lowerBound
      let colon =
        (begin..<bytes.upperBound).first { span.byte(at: $0) == UInt8(ascii: ":") }
        ?? bytes.upperBound
      return TimestampReader.read(span, begin..<colon)
    }
    switch tape.nodes[node].kind {
    case .string where tape.nodes[node].flags.contains(.valueEscaped):
      let text = unescaped(span, tape)
      return TimestampReader.read(text.span.bytes, 0..<text.count)
    case .string, .number: return TimestampReader.read(span, bytes)
    default: return nil
    }
  }

  func address(_ span: RawSpan, _ tape: borrowing JSONTape) -> IPAddress? {
    guard tape.nodes[node].kind == .string, bytes.count <= 64 else { return nil }
    if let fast = AddressReader.v4(span, bytes) { return fast }
    return IPAddress(utf8: unescaped(span, tape))
  }

  func port(
    _ span: RawSpan, _ tape: borrowing JSONTape, _ source: CompiledMapping.ColumnSource,
    _ path: Int
  ) throws(NormalizationError) -> Int32? {
    let kind = tape.nodes[node].kind
    guard kind == .number || kind == .string, let value = JSONText.int64(span, bytes) else {
      guard source.strict || (kind == .number && JSONText.double(span, bytes) != nil) else {
        return nil
      }
      throw Self.portError(source.paths[path])
    }
    guard (0...65535).contains(value) else { throw Self.portError(source.paths[path]) }
    return Int32(value)
  }

  private static func portError(_ path: String) -> NormalizationError {
    NormalizationError(
      .portOutOfRange, field: path, expected: "expected a whole number from 0 to 65535")
  }

  func severity(
    _ span: RawSpan, _ tape: borrowing JSONTape, _ source: CompiledMapping.ColumnSource,
    _ path: Int
  ) throws(NormalizationError) -> EventSeverity? {
    switch source.reading {
    case .severities: return look(up: source.levels, span, tape)
    case .constant(let level): return Int16(level).flatMap { EventSeverity(rawValue: $0) }
    default: break
    }
    if let number = JSONText.int64(span, bytes) {
      if (0...10).contains(number) { return EventSeverity(rawValue: Int16(number)) }
    } else if let level = SeverityWords.table[key(span, tape)] {
      return level
    }
    guard source.strict else { return nil }
    throw NormalizationError(
      .severityOutOfRange, field: source.paths[path],
      expected: "expected a whole number from 0 to 10, or low, medium, high or critical")
  }

  /// A column's text; nil leaves the column to the next rule.
  func text(
    _ span: RawSpan, _ tape: borrowing JSONTape, _ source: CompiledMapping.ColumnSource
  ) -> String? {
    let limit = TextLimits.limit(of: source.column)
    switch source.reading {
    case .plain, .severities: return string(span, tape, limit: limit)
    case .lowercased: return string(span, tape, limit: limit).lowercased()
    case .fileName:
      let text = unescaped(span, tape)
      let last = text.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
      let name = Array(text[(last.map { $0 + 1 } ?? 0)...])
      return name.isEmpty ? nil : TextLimits.string(name, limit: limit)
    case .table: return look(up: source.texts, span, tape)
    case .constant(let text): return text
    case .made(let making):
      return making.value(of: unescaped(span, tape)).map {
        TextLimits.string(Array($0), limit: limit)
      }
    case .auditID, .timeIfReadable: return nil
    }
  }

  private func look<Value>(
    up table: ValueTable<Value>?, _ span: RawSpan, _ tape: borrowing JSONTape
  ) -> Value? {
    if tape.nodes[node].kind != .array, !tape.nodes[node].flags.contains(.valueEscaped) {
      return table?.value(of: span, bytes)
    }
    let text = unescaped(span, tape)
    return table?.value(of: text.span.bytes, 0..<text.count)
  }

  /// The text in lower case, for a look-up.
  func key(_ span: RawSpan, _ tape: borrowing JSONTape) -> String {
    string(span, tape, limit: 128).lowercased()
  }
}

/// Severities as words.
enum SeverityWords {
  static let table: [String: EventSeverity] = [
    "unknown": .unknown, "none": .unknown, "info": .informational,
    "informational": .informational, "low": .low, "medium": .medium, "moderate": .medium,
    "high": .high, "critical": .critical,
  ]
}

enum AddressReader {
  /// Dotted decimal without leading zeros; nil for anything else.
  static func v4(_ bytes: RawSpan, _ range: Range<Int>) -> IPAddress? {
    guard (7...15).contains(range.count) else { return nil }
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for position in range {
      let byte = bytes.byte(at: position)
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        (octet, digits) = (0, 0)
        dots += 1
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10, digits == 0 || octet > 0 else { return nil }
      octet = octet * 10 + UInt32(digit)
      digits += 1
      guard octet < 256 else { return nil }
    }
    guard dots == 3, digits > 0 else { return nil }
    return IPAddress(v4: value << 8 | octet)
  }
}
