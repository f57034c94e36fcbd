/// Runs a program by subset construction, one transition at a time as texts ask for it.
///
/// Each step costs at most the size of the program, and one lookup where the transition is known
/// already. The transitions kept are bounded: a full table is emptied and filled anew.
struct LazyDFA: Sendable {
  private let maximumStates: Int
  private let stride: Int
  private var transitions: [Int32] = []
  private var states: [[Int32]: Int32] = [:]
  private var seeds: [[Int32]] = []
  // Sets of instructions, by the sparse set of Briggs and Torczon.
  private var closure: [Int32] = []
  private var stack: [Int32] = []
  private var marks: [UInt32] = []
  private var generation: UInt32 = 0

  private static let unknown: Int32 = -1
  private static let accepted: Int32 = -2
  private static let dead: Int32 = -3

  // What stands before the next byte, in the last element of a state's key.
  private static let atStart: Int32 = 1
  private static let afterWord: Int32 = 2
  private static let afterNewline: Int32 = 4

  init(_ program: RegexProgram, memory: Int) {
    // Two classes more: a newline that ends the text, and the end.
    stride = program.representatives.count + 2
    let perState = stride * 4 + 128 + min(program.instructions.count, 256) * 8
    maximumStates = max(16, memory / perState)
  }

  /// Whether the program matches anywhere in `text`.
  mutating func matches(
    _ program: borrowing RegexProgram, _ text: Span<UInt8>
  ) -> Bool {
    if marks.isEmpty {
      marks = [UInt32](repeating: 0, count: program.instructions.count)
    }
    let finalNewline = stride - 2
    let end = stride - 1
    var state = self.state(
      [program.start, Self.atStart | (program.readsLines ? Self.afterNewline : 0)])
    let last = text.count - 1
    let classes = program.classes.span
    var position = 0
    while position <= last {
      let byte = text[position]
      var symbol = Int(classes[Int(byte)])
      if position == last, byte == 0x0A, program.readsFinalNewline { symbol = finalNewline }
      var next = transitions[Int(state) * stride + symbol]
      if next == Self.unknown {
        next = step(program, state, symbol: symbol, byte: byte, isFinal: symbol == finalNewline)
      }
      if next == Self.accepted { return true }
      if next == Self.dead { return false }
      state = next
      position += 1
    }
    var next = transitions[Int(state) * stride + end]
    if next == Self.unknown {
      next = step(program, state, symbol: end, byte: nil, isFinal: true)
    }
    return next == Self.accepted
  }

  /// The number of a state, made if need be.
  private mutating func state(_ key: [Int32]) -> Int32 {
    if let known = states[key] { return known }
    let number = Int32(seeds.count)
    states[key] = number
    seeds.append(key)
    transitions.append(contentsOf: repeatElement(Self.unknown, count: stride))
    return number
  }

  private mutating func step(
    _ program: borrowing RegexProgram, _ state: Int32, symbol: Int, byte: UInt8?, isFinal: Bool
  ) -> Int32 {
    let key = seeds[Int(state)]
    let before = key[key.count - 1]
    if seeds.count >= maximumStates {
      seeds.removeAll(keepingCapacity: true)
      states.removeAll(keepingCapacity: true)
      transitions.removeAll(keepingCapacity: true)
      let target = target(program, key, before, byte, isFinal)
      return target
    }
    let target = target(program, key, before, byte, isFinal)
    transitions[Int(state) * stride + symbol] = target
    return target
  }

  private mutating func target(
    _ program: borrowing RegexProgram, _ key: [Int32], _ before: Int32, _ byte: UInt8?,
    _ isFinal: Bool
  ) -> Int32 {
    if close(program, key.dropLast(), before, byte, isFinal) { return Self.accepted }
    guard let byte else { return Self.dead }
    nextGeneration()
    var next: [Int32] = []
    for pc in closure {
      guard case .bytes(let set, let target) = program.instructions[Int(pc)],
        program.sets[Int(set)].contains(byte), marks[Int(target)] != generation
      else { continue }
      marks[Int(target)] = generation
      next.append(target)
    }
    if !program.isAnchored, marks[Int(program.start)] != generation { next.append(program.start) }
    if next.isEmpty { return Self.dead }
    next.sort()
    var after: Int32 = 0
    if program.readsWords, Self.isWord(byte) { after |= Self.afterWord }
    if program.readsLines, byte == 0x0A { after |= Self.afterNewline }
    next.append(after)
    return state(next)
  }

  private mutating func nextGeneration() {
    generation &+= 1
    if generation == 0 {
      for index in marks.indices { marks[index] = 0 }
      generation = 1
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte < 0x80 && ScalarSet.word.contains(Unicode.Scalar(byte))
  }

  /// Fills `closure` with the instructions that take a byte; true if the match is reached.
  private mutating func close(
    _ program: borrowing RegexProgram, _ seeds: ArraySlice<Int32>, _ before: Int32,
    _ byte: UInt8?, _ isFinal: Bool
  ) -> Bool {
    nextGeneration()
    closure.removeAll(keepingCapacity: true)
    for seed in seeds {
      stack.append(seed)
      while let pc = stack.popLast() {
        guard marks[Int(pc)] != generation else { continue }
        marks[Int(pc)] = generation
        switch program.instructions[Int(pc)] {
        case .bytes: closure.append(pc)
        case .jump(let next): stack.append(next)
        case .split(let one, let other):
          stack.append(other)
          stack.append(one)
        case .assertion(let assertion, let next):
          if Self.holds(assertion, before, byte, isFinal) { stack.append(next) }
        case .match:
          stack.removeAll(keepingCapacity: true)
          return true
        }
      }
    }
    return false
  }

  private static func holds(
    _ assertion: RegexAssertion, _ before: Int32, _ byte: UInt8?, _ isFinal: Bool
  ) -> Bool {
    switch assertion {
    case .textStart: return before & atStart != 0
    case .textEnd: return byte == nil
    case .textEndOrFinalNewline: return byte == nil || isFinal
    case .lineStart: return before & (atStart | afterNewline) != 0
    case .lineEnd: return byte == nil || byte == 0x0A
    case .wordBoundary, .notWordBoundary:
      // Within a character there is no place.
      if let byte, byte & 0xC0 == 0x80 { return false }
      let isBoundary = (before & afterWord != 0) != (byte.map(isWord) ?? false)
      return isBoundary == (assertion == .wordBoundary)
    }
  }
}
