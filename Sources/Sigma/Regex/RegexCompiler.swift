/// Turns the tree of a regular expression into a program.
struct RegexCompiler {
  private var program = RegexProgram()
  private var setIndices: [ByteSet: Int32] = [:]

  /// - Throws: `SigmaError` of code `.limit` where the program would be too large.
  static func compile(_ root: RegexNode) throws(SigmaError) -> RegexProgram {
    var compiler = RegexCompiler()
    let node = root.trimmedForSearch
    let end = try compiler.emit(.match)
    compiler.program.start = try compiler.compile(node, next: end)
    compiler.program.isAnchored = node.isAnchoredAtStart
    compiler.program.finish()
    return compiler.program
  }

  private mutating func emit(
    _ instruction: RegexProgram.Instruction
  ) throws(SigmaError) -> Int32 {
    guard program.instructions.count < RegexProgram.maximumInstructions else {
      throw SigmaError(.limit, "regex: too large once its counts are written out: lower them")
    }
    program.instructions.append(instruction)
    return Int32(program.instructions.count - 1)
  }

  private mutating func bytes(_ set: ByteSet, next: Int32) throws(SigmaError) -> Int32 {
    let index = setIndices[set] ?? Int32(program.sets.count)
    if setIndices[set] == nil {
      setIndices[set] = index
      program.sets.append(set)
    }
    return try emit(.bytes(set: index, next: next))
  }

  /// Code for `node` that goes on at `next`; answers where it begins.
  private mutating func compile(_ node: RegexNode, next: Int32) throws(SigmaError) -> Int32 {
    switch node {
    case .empty: return next
    case .characters(let set): return try compile(set, next: next)
    case .assertion(let assertion): return try emit(.assertion(assertion, next: next))
    case .concatenation(let parts):
      var next = next
      for part in parts.reversed() { next = try compile(part, next: next) }
      return next
    case .alternation(let parts):
      var starts: [Int32] = []
      for part in parts { starts.append(try compile(part, next: next)) }
      return try branch(starts)
    case .repetition(let part, let minimum, let maximum):
      return try compile(part, minimum, maximum, next: next)
    }
  }

  private mutating func branch(_ starts: [Int32]) throws(SigmaError) -> Int32 {
    var result = starts[starts.count - 1]
    for start in starts.dropLast().reversed() { result = try emit(.split(start, result)) }
    return result
  }

  private mutating func compile(
    _ part: RegexNode, _ minimum: Int, _ maximum: Int?, next: Int32
  ) throws(SigmaError) -> Int32 {
    var result = next
    if let maximum {
      for _ in minimum..<max(minimum, maximum) {
        let body = try compile(part, next: result)
        result = try emit(.split(body, next))
      }
    } else {
      let loop = try emit(.jump(next))
      let body = try compile(part, next: loop)
      program.instructions[Int(loop)] = .split(body, next)
      result = loop
    }
    for _ in 0..<minimum { result = try compile(part, next: result) }
    return result
  }

  private mutating func compile(_ set: ScalarSet, next: Int32) throws(SigmaError) -> Int32 {
    var ascii = ByteSet()
    for range in set.ranges where range.lowerBound < 0x80 {
      ascii.insert(UInt8(range.lowerBound)...UInt8(min(range.upperBound, 0x7F)))
    }
    var starts = ascii.isEmpty ? [] : [try bytes(ascii, next: next)]
    if set.ranges.last.map({ $0.lowerBound <= 0x80 && $0.upperBound == ScalarSet.lastScalar })
      == true
    {
      // All scalars outside ASCII: the text is valid UTF-8, so its lead bytes say enough.
      let one = try bytes(ByteSet(0x80...0xBF), next: next)
      let two = try bytes(ByteSet(0x80...0xBF), next: one)
      let three = try bytes(ByteSet(0x80...0xBF), next: two)
      starts.append(try bytes(ByteSet(0xC2...0xDF), next: one))
      starts.append(try bytes(ByteSet(0xE0...0xEF), next: two))
      starts.append(try bytes(ByteSet(0xF0...0xF4), next: three))
    } else {
      for sequence in UTF8Sequences.sequences(of: set) {
        var next = next
        for range in sequence.reversed() { next = try bytes(ByteSet(range), next: next) }
        starts.append(next)
      }
    }
    // An empty class matches nothing.
    return starts.isEmpty ? try bytes(ByteSet(), next: next) : try branch(starts)
  }
}

extension RegexNode {
  /// The same for the question whether it is found anywhere: what may be absent at the edges says
  /// nothing, and of a count there only the minimum does.
  var trimmedForSearch: RegexNode {
    trimmed(atStart: true).trimmed(atStart: false)
  }

  private func trimmed(atStart: Bool) -> RegexNode {
    switch self {
    case .concatenation(var parts):
      while let edge = atStart ? parts.first : parts.last {
        let trimmed = edge.trimmed(atStart: atStart)
        let index = atStart ? 0 : parts.count - 1
        guard case .empty = trimmed else {
          parts[index] = trimmed
          break
        }
        parts.remove(at: index)
      }
      return parts.isEmpty ? .empty : .concatenation(parts)
    case .repetition(_, minimum: 0, _): return .empty
    case .repetition(let part, let minimum, _):
      // A part that may match nothing would not be shortened rightly.
      return minimum == 1
        ? part.trimmed(atStart: atStart)
        : .repetition(part, minimum: minimum, maximum: minimum)
    default: return self
    }
  }

  /// Whether every match begins at the start of the text.
  var isAnchoredAtStart: Bool {
    switch self {
    case .assertion(.textStart): true
    case .concatenation(let parts): parts.first?.isAnchoredAtStart ?? false
    case .alternation(let parts): parts.allSatisfy { $0.isAnchoredAtStart }
    case .repetition(let part, let minimum, _): minimum > 0 && part.isAnchoredAtStart
    case .empty, .characters, .assertion: false
    }
  }
}
