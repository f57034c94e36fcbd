/// The forms of text that are read into records, for the mappings to name their fields.
enum TextForms {
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - body: the message behind a syslog header, or all of it.
  ///   - program: the program that the header names.
  /// - Returns: the JSON text of a record; nil if the line has none of the forms.
  static func record(
    _ text: [UInt8], body: Range<Int>, program: ArraySlice<UInt8>?
  ) -> [UInt8]? {
    let body = text[body]
    guard let first = body.first else { return nil }
    if first == UInt8(ascii: "<") { return EventXMLText.record(body) }
    if let program {
      // Most lines are a program's that has none of these forms; they shall cost nothing here.
      let name = String(decoding: program.prefix(32), as: UTF8.self)
      switch name {
      case "CEF": return CEFLine.record(body, program: program, whole: text)
      case "kernel":
        return PairsLine.record(body, whole: text) ?? AuditLine.record(body, whole: text)
      case "audispd", "audisp-syslog", "audit", "auditd":
        return AuditLine.record(body, whole: text)
      case "named", "dnsmasq", "pihole-FTL", "unbound", "coredns":
        return ResolverLine.record(body, program: program, whole: text)
      case "squid", "(squid-1)": return SquidLine.record(body, whole: text)
      default: return nil
      }
    }
    switch first {
    case UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "a"):
      if let record = AuditLine.record(body, whole: text) { return record }
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      if let record = SquidLine.record(body, whole: text) ?? W3CLine.record(body, whole: text) {
        return record
      }
    default: break
    }
    return CEFLine.record(body, program: nil, whole: text)
      ?? ResolverLine.record(body, program: nil, whole: text)
      ?? PairsLine.record(body, whole: text)
  }
}

extension ArraySlice<UInt8> {
  func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { self.starts(with: $0) }
  }

  /// The index of the first occurrence; nil if there is none.
  func first(_ text: StaticString, from start: Int? = nil) -> Int? {
    let wanted = text.withUTF8Buffer { Array($0) }
    guard let head = wanted.first, count >= wanted.count else { return nil }
    var index = start ?? startIndex
    while index + wanted.count <= endIndex {
      if self[index] == head, self[index..<index + wanted.count].elementsEqual(wanted) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The words between blanks, at most `limit` of them; the last has the rest.
  func words(limit: Int) -> [ArraySlice<UInt8>] {
    split(separator: UInt8(ascii: " "), maxSplits: limit - 1)
  }

  var isDash: Bool { count == 1 && first == UInt8(ascii: "-") }
}
