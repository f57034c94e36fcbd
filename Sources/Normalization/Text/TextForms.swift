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
      // Most lines are a program's that has none of these forms; they shall cost next to nothing here.
      switch form(of: program) {
      case .event: return CEFLine.record(body, program: program, whole: text)
      case .packet:
        return PairsLine.record(body, whole: text) ?? AuditLine.record(body, whole: text)
      case .audit: return AuditLine.record(body, whole: text)
      case .resolver: return ResolverLine.record(body, program: program, whole: text)
      case .proxy: return SquidLine.record(body, whole: text)
      case nil: return nil
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

  private enum Form { case event, packet, audit, resolver, proxy }

  /// The programs whose messages have a form.
  private static let forms: [(name: [UInt8], form: Form)] = [
    (Array("CEF".utf8), .event), (Array("kernel".utf8), .packet), (Array("audispd".utf8), .audit),
    (Array("audisp-syslog".utf8), .audit), (Array("audit".utf8), .audit),
    (Array("auditd".utf8), .audit), (Array("named".utf8), .resolver),
    (Array("dnsmasq".utf8), .resolver), (Array("pihole-FTL".utf8), .resolver),
    (Array("unbound".utf8), .resolver), (Array("coredns".utf8), .resolver),
    (Array("squid".utf8), .proxy), (Array("(squid-1)".utf8), .proxy),
  ]

  private static func form(of program: ArraySlice<UInt8>) -> Form? {
    for (name, form) in forms where name.count == program.count && name[...] == program {
      return form
    }
    return nil
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
