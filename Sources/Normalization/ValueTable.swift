internal import EventScanner

/// A small table from texts to values, looked up by bytes, so that a look-up costs no String.
struct ValueTable<Value: Sendable>: Sendable {
  private let entries: [(key: [UInt8], value: Value)]

  /// - Parameter table: its keys are lower case.
  init(_ table: [String: Value]) {
    entries = table.map { (Array($0.utf8), $1) }
  }

  /// The value of the text in `range`, compared without regard to ASCII case; nil if there is none.
  func value(of bytes: RawSpan, _ range: Range<Int>) -> Value? {
    next: for entry in entries where entry.key.count == range.count {
      var position = range.lowerBound
      for wanted in entry.key {
        let byte = bytes.byte(at: position)
        guard (byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) == wanted else { continue next }
        position += 1
      }
      return entry.value
    }
    return nil
  }
}
