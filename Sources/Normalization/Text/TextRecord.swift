/// A line of text on its way to becoming a JSON record, which the mappings then read like any other.
struct TextRecord {
  private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
  private(set) var count = 0

  /// How many members a line may give; what stands behind them is still in its `message`.
  static let limit = 512

  /// Adds one member; more than the limit are left out.
  mutating func add(_ name: some Sequence<UInt8>, _ value: some Sequence<UInt8>) {
    guard count < Self.limit else { return }
    if count > 0 { bytes.append(UInt8(ascii: ",")) }
    count += 1
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    quote(value)
  }

  mutating func add(_ name: StaticString, _ value: some Sequence<UInt8>) {
    add(name.withUTF8Buffer { Array($0) }, value)
  }

  mutating func add(_ name: StaticString, _ value: ArraySlice<UInt8>?) {
    guard let value else { return }
    add(name, value)
  }

  private mutating func quote(_ text: some Sequence<UInt8>) {
    Self.appendString(text, to: &bytes)
  }

  /// Appends a JSON string.
  static func appendString(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digit(byte >> 4))
        bytes.append(digit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
