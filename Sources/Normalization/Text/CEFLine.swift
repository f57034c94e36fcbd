/// ArcSight's Common Event Format: `CEF:0|vendor|product|version|id|name|severity|a=b c=d e`. A value
/// goes on to the next name; `\` takes away what `|`, `=` and itself mean.
enum CEFLine {
  private static let header = [
    "deviceVendor", "deviceProduct", "deviceVersion", "signatureId", "name", "cefSeverity",
  ]

  /// - Parameter program: a syslog header before it takes `CEF` for the program.
  static func record(
    _ body: ArraySlice<UInt8>, program: ArraySlice<UInt8>?, whole: [UInt8]
  ) -> [UInt8]? {
    var rest = body
    if program?.elementsEqual("CEF".utf8) != true {
      guard let start = body.first("CEF:"), start < body.startIndex + 256 else { return nil }
      rest = body[(start + 4)...]
    }
    var parts: [ArraySlice<UInt8>] = []
    var start = rest.startIndex
    var index = start
    while index < rest.endIndex, parts.count < 7 {
      if rest[index] == UInt8(ascii: "\\") {
        index += 2
        continue
      }
      if rest[index] == UInt8(ascii: "|") {
        parts.append(rest[start..<index])
        start = index + 1
      }
      index += 1
    }
    guard parts.count == 7 else { return nil }
    var record = TextRecord()
    for (name, value) in zip(header, parts.dropFirst()) { record.add(name.utf8, unescaped(value)) }
    add(rest[min(start, rest.endIndex)...], to: &record)
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  private static func add(_ text: ArraySlice<UInt8>, to record: inout TextRecord) {
    var name: ArraySlice<UInt8>?
    var valueStart = text.startIndex
    var wordStart = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: " "): wordStart = index + 1
      case UInt8(ascii: "=") where index > wordStart && isName(text[wordStart..<index]):
        if let name { put(name, text[valueStart..<max(valueStart, wordStart - 1)], &record) }
        name = text[wordStart..<index]
        valueStart = index + 1
        wordStart = index + 1
      default: break
      }
      index += 1
    }
    if let name { put(name, text[min(valueStart, text.endIndex)...], &record) }
  }

  private static func put(
    _ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ record: inout TextRecord
  ) {
    record.add(name, unescaped(value))
  }

  private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
    text.allSatisfy {
      $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")
        || $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in text {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
        continue
      }
      result.append(isEscaped && byte == UInt8(ascii: "n") ? 0x0A : byte)
      isEscaped = false
    }
    return result
  }
}
