public import Core

/// Writes JSON (RFC 8259) into bytes, in the order in which it is told, without reflection.
///
/// Commas are put by themselves; names and values must alternate inside an object, which is checked.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8]
  /// Whether the next value at this depth needs a comma before it.
  private var needsComma = false
  private var nameIsDue = false

  public init(capacity: Int = 512) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// One object as a whole text.
  public static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
    var writer = JSONWriter()
    try writer.object(body)
    return writer.bytes
  }

  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try container(UInt8(ascii: "{"), UInt8(ascii: "}"), namesAreDue: true, body)
  }

  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try container(UInt8(ascii: "["), UInt8(ascii: "]"), namesAreDue: false, body)
  }

  private mutating func container(
    _ open: UInt8, _ close: UInt8, namesAreDue: Bool, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    beginValue()
    bytes.append(open)
    let outer = isInObject
    isInObject = namesAreDue
    nameIsDue = namesAreDue
    needsComma = false
    try body(&self)
    precondition(nameIsDue == namesAreDue, "a name without a value")
    bytes.append(close)
    isInObject = outer
    endValue()
  }

  private var isInObject = false

  private mutating func beginValue() {
    precondition(!nameIsDue, "a value without a name")
    if !isInObject, needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func endValue() {
    needsComma = true
    nameIsDue = isInObject
  }

  /// The name of the next value of an object.
  public mutating func name(_ name: String) {
    precondition(nameIsDue, "a name where a value is due")
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    appendQuoted(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    nameIsDue = false
  }

  public mutating func string(_ value: String) {
    string(utf8: value.utf8)
  }

  /// - Parameter value: valid UTF-8.
  public mutating func string(utf8 value: some Sequence<UInt8>) {
    beginValue()
    appendQuoted(value)
    endValue()
  }

  public mutating func int(_ value: some BinaryInteger) {
    literal(String(value).utf8)
  }

  /// The shortest text that reads back as the same number; null for what is not finite.
  public mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    let text = value.description
    literal((text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
  }

  public mutating func bool(_ value: Bool) {
    literal((value ? "true" : "false").utf8)
  }

  public mutating func null() {
    literal("null".utf8)
  }

  /// RFC 3339 in UTC with microseconds.
  public mutating func time(_ value: Timestamp) {
    string(value.description)
  }

  /// A value that is JSON already.
  public mutating func raw(_ json: some Sequence<UInt8>) {
    literal(json)
  }

  private mutating func literal(_ text: some Sequence<UInt8>) {
    beginValue()
    bytes.append(contentsOf: text)
    endValue()
  }

  private mutating func appendQuoted(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        bytes.append(byte)
      } else {
        appendEscaped(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    default:
      let low = byte & 15
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      bytes.append(low + (low < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
    }
  }
}
