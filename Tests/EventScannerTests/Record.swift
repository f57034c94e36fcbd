import EventScanner

/// A record with its tape, so that expectations need not pass spans.
struct Record {
  let bytes: [UInt8]
  let tape: JSONTape

  init(_ text: String) throws {
    bytes = Array(text.utf8)
    tape = try scan(bytes)
  }

  func string(_ index: Int) -> String { tape.string(at: index, in: bytes.span.bytes) }
  func int64(_ index: Int) -> Int64? { tape.int64(at: index, in: bytes.span.bytes) }
  func double(_ index: Int) -> Double? { tape.double(at: index, in: bytes.span.bytes) }

  func key(_ index: Int) -> String {
    var key: [UInt8] = []
    tape.appendKey(at: index, in: bytes.span.bytes, to: &key)
    return String(decoding: key, as: UTF8.self)
  }

  func keyEquals(_ name: StaticString, _ index: Int) -> Bool {
    tape.keyEquals(name, at: index, in: bytes.span.bytes)
  }

  func member(_ name: StaticString, of index: Int = 0) -> Int? {
    tape.member(name, of: index, in: bytes.span.bytes)
  }
}
