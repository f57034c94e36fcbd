/// Appends nodes to a tape and keeps the place in the tree.
struct TapeWriter {
  let limits: ScanLimits
  /// The open container; -1 outside the record.
  private(set) var parent = -1
  private(set) var inObject = false
  private var depth = 0
  private var leaves = 0
  private var keyStart: UInt32 = 0
  private var keyEnd: UInt32 = 0
  private var keyFlags: JSONTape.Flags = []

  init(limits: ScanLimits) {
    self.limits = limits
  }

  @inline(__always)
  private mutating func append(
    _ kind: JSONTape.Kind, _ start: Int, _ end: Int, _ flags: JSONTape.Flags,
    _ tape: inout JSONTape
  ) {
    tape.nodes.append(
      JSONTape.Node(
        keyStart: keyStart, keyEnd: keyEnd, valueStart: UInt32(truncatingIfNeeded: start),
        valueEnd: UInt32(truncatingIfNeeded: end), parentIndex: Int32(truncatingIfNeeded: parent),
        endIndex: UInt32(truncatingIfNeeded: tape.nodes.count + 1), kind: kind,
        depth: UInt8(truncatingIfNeeded: depth), flags: flags.union(keyFlags)))
    keyFlags = []
  }

  @inline(__always)
  private mutating func countLeaf(at position: Int) throws(ScanError) {
    leaves += 1
    guard leaves <= limits.maxLeaves else { throw ScanError(.tooManyLeaves, at: position) }
  }

  mutating func open(
    _ kind: JSONTape.Kind, at position: Int, _ tape: inout JSONTape
  ) throws(ScanError) {
    guard depth < limits.maxDepth else { throw ScanError(.tooDeep, at: position) }
    let index = tape.nodes.count
    append(kind, position, position, [], &tape)
    parent = index
    inObject = kind == .object
    depth += 1
    keyStart = 0
    keyEnd = 0
  }

  /// Ends the open container, whose bracket is at `position`; answers the offset behind it.
  mutating func close(at position: Int, _ tape: inout JSONTape) throws(ScanError) -> Int {
    let end = tape.nodes.count
    if end == parent + 1 { try countLeaf(at: position) }
    tape.nodes[parent].valueEnd = UInt32(truncatingIfNeeded: position + 1)
    tape.nodes[parent].endIndex = UInt32(truncatingIfNeeded: end)
    parent = Int(tape.nodes[parent].parentIndex)
    inObject = parent >= 0 && tape.nodes[parent].kind == .object
    depth -= 1
    keyStart = 0
    keyEnd = 0
    return position + 1
  }

  /// Reads a member's name and the colon behind it.
  mutating func key(
    _ bytes: RawSpan, at position: Int, _ tape: inout JSONTape
  ) throws(ScanError) -> Int {
    guard position < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    guard bytes.byte(at: position) == UInt8(ascii: "\"") else {
      throw ScanError(.unexpectedCharacter, at: position)
    }
    var text = JSONString()
    let end = try text.scan(bytes, from: position + 1)
    keyStart = UInt32(truncatingIfNeeded: position + 1)
    keyEnd = UInt32(truncatingIfNeeded: end)
    keyFlags = .member
    if text.escaped { keyFlags.insert(.keyEscaped) }
    if text.containsNUL {
      keyFlags.insert(.containsNUL)
      tape.containsNUL = true
    }
    let colon = JSONScanner.skipWhitespace(bytes, from: end + 1)
    guard colon < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: colon) }
    guard bytes.byte(at: colon) == UInt8(ascii: ":") else {
      throw ScanError(.unexpectedCharacter, at: colon)
    }
    return colon + 1
  }

  /// Reads a string whose opening quote is at `position`.
  @inline(__always)
  mutating func string(
    _ bytes: RawSpan, at position: Int, _ tape: inout JSONTape
  ) throws(ScanError) -> Int {
    try countLeaf(at: position)
    var text = JSONString()
    let end = try text.scan(bytes, from: position + 1)
    var flags: JSONTape.Flags = text.escaped ? .valueEscaped : []
    if text.containsNUL {
      flags.insert(.containsNUL)
      tape.containsNUL = true
    }
    append(.string, position + 1, end, flags, &tape)
    return end + 1
  }

  /// Reads a number or a literal.
  mutating func scalar(
    _ bytes: RawSpan, at position: Int, _ tape: inout JSONTape
  ) throws(ScanError) -> Int {
    try countLeaf(at: position)
    let (kind, end, integer) = try JSONScalar.scan(bytes, at: position)
    append(kind, position, end, integer ? .integer : [], &tape)
    return end
  }
}
