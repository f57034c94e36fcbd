/// Writes JSON in the order of the calls, so that equal values give equal bytes.
public struct JSONWriter: Sendable {
  public private(set) var utf8: [UInt8] = []
  private var needsComma = false

  public init() {}

  public var text: String { String(decoding: utf8, as: UTF8.self) }

  public mutating func object(
    _ name: String? = nil, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    try nest(name, "{", "}", body)
  }

  public mutating func array(
    _ name: String? = nil, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    try nest(name, "[", "]", body)
  }

  public mutating func member(_ name: String, _ value: String?) {
    begin(name)
    if let value { string(value) } else { raw("null") }
  }

  public mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
    begin(name)
    raw(value.map { String($0) } ?? "null")
  }

  /// RFC 3339 in UTC with microseconds.
  public mutating func member(_ name: String, _ value: Timestamp?) {
    member(name, value?.description)
  }

  /// JSON that is written already and is taken over as it is.
  public mutating func member(_ name: String, json: some Collection<UInt8>) {
    begin(name)
    utf8.append(contentsOf: json)
  }

  public mutating func member(_ name: String, _ value: Bool) {
    begin(name)
    raw(value ? "true" : "false")
  }

  public mutating func member(_ name: String, _ values: [String]) {
    array(name) { writer in
      for value in values { writer.element(value) }
    }
  }

  /// A text in an array.
  public mutating func element(_ value: String) {
    begin(nil)
    string(value)
  }

  /// A text or `null` in an array.
  public mutating func element(optional value: String?) {
    begin(nil)
    if let value { string(value) } else { raw("null") }
  }

  /// A number in an array.
  public mutating func element(_ value: some BinaryInteger) {
    begin(nil)
    raw(String(value))
  }

  private mutating func nest(
    _ name: String?, _ open: String, _ close: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    begin(name)
    raw(open)
    needsComma = false
    try body(&self)
    raw(close)
    needsComma = true
  }

  private mutating func begin(_ name: String?) {
    if needsComma { raw(",") }
    needsComma = true
    guard let name else { return }
    string(name)
    raw(":")
  }

  private mutating func raw(_ text: String) { utf8.append(contentsOf: text.utf8) }

  private mutating func string(_ text: String) {
    utf8.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        utf8.append(UInt8(ascii: "\\"))
        utf8.append(byte)
      case 0x0A: raw("\\n")
      case 0x0D: raw("\\r")
      case 0x09: raw("\\t")
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        raw("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits)
      default: utf8.append(byte)
      }
    }
    utf8.append(UInt8(ascii: "\""))
  }
}
