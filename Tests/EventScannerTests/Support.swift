import EventScanner

/// Scans one record; answers the tape.
func scan(_ text: String, limits: ScanLimits = ScanLimits()) throws -> JSONTape {
  try scan(Array(text.utf8), limits: limits)
}

func scan(_ bytes: [UInt8], limits: ScanLimits = ScanLimits()) throws -> JSONTape {
  var tape = JSONTape()
  try JSONScanner(limits: limits).scanRecord(bytes.span.bytes, into: &tape)
  return tape
}

/// Scans any JSON value with nothing but white space around it; answers the error, nil if it is valid.
func failure(_ bytes: [UInt8], limits: ScanLimits = ScanLimits()) -> ScanError? {
  var tape = JSONTape()
  do throws(ScanError) {
    let scanner = JSONScanner(limits: limits)
    let end = try scanner.scanValue(bytes.span.bytes, from: 0, into: &tape)
    let white: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    guard bytes[end...].allSatisfy({ white.contains($0) }) else {
      return ScanError(.trailingBytes, at: end)
    }
    return nil
  } catch {
    return error
  }
}

func failure(_ text: String, limits: ScanLimits = ScanLimits()) -> ScanError? {
  failure(Array(text.utf8), limits: limits)
}

/// What a framer makes of a body: the text of each record, or its error's code.
func frames(
  _ text: String, type: String? = nil, limits: ScanLimits = ScanLimits()
) throws -> [String] {
  try frames(Array(text.utf8), type: type, limits: limits)
}

func frames(
  _ body: [UInt8], type: String? = nil, limits: ScanLimits = ScanLimits()
) throws -> [String] {
  var framer = BodyFramer(contentType: type, limits: limits)
  var tape = JSONTape()
  var found: [String] = []
  while let record = try framer.next(body.span.bytes, into: &tape) {
    #if DEBUG
      precondition(record.index == found.count)
    #endif
    if let error = record.error {
      found.append("! \(error.code.rawValue)")
    } else {
      precondition(tape.range == record.range || framer.form == .lines)
      found.append(String(decoding: body[record.range], as: UTF8.self))
    }
  }
  return found
}

/// A small generator with a seed, for properties (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
