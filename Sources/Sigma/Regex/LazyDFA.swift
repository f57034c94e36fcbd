/// Runs a program by subset construction, one transition at a time as texts ask for it.
///
/// Each step costs at most the size of the program, and one lookup where the transition is known
/// already. The memory kept is bounded: a full table is emptied and filled anew.
struct LazyDFA: Sendable {
  private let memory: Int
  private let stride: Int
  /// A row for each state: the beginning of the next state's row, or one of the negative marks.
  private var transitions: [Int32] = []
  /// Key → beginning of the row.
  private var states: [[Int32]: Int32] = [:]
  private var seeds: [[Int32]] = []
  /// About how many bytes the states take; the last one alone may go over `memory`.
  private(set) var usedMemory = 0
  /// Instructions visited so far to make transitions: all that is not a look-up.
  private(set) var visits = 0
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

  /// - Parameter memory: bytes that states and their transitions may take.
  init(_ program: RegexProgram, memory: Int) {
    // Two classes more: a newline that ends the text, and the end.
    stride = program.representatives.count + 2
    self.memory = memory
  }

  /// Whether the program matches anywhere in `text`.
  mutating func matches(
    _ program: borrowing RegexProgram, _ text: Span<UInt8>
  ) -> Bool {
    if marks.isEmpty {
      marks = [UInt32](repeating: 0, count: program.instructions.count)
    }
    let end = stride - 1
    let hasFinalNewline =
      program.readsFinalNewline && text.count > 0 && text[text.count - 1] == 0x0A
    // A newline that ends the text is a symbol of its own, read behind the loop.
    let count = hasFinalNewline ? text.count - 1 : text.count
    var state = self.state(
      [program.start, Self.atStart | (program.readsLines ? Self.afterNewline : 0)])
    var position = 0
    while position < count {
      var next = run(program, text, count, &state, &position)
      guard position < count else { break }
      if next == Self.unknown {
        let byte = text[position]
        next = step(
          program, state, symbol: Int(program.classes[Int(byte)]), byte: byte, isFinal: false)
      }
      if next == Self.accepted { return true }
      if next == Self.dead { return false }
      state = next
      position += 1
    }
    if hasFinalNewline {
      var next = transitions[Int(state) + stride - 2]
      if next == Self.unknown {
        next = step(program, state, symbol: stride - 2, byte: 0x0A, isFinal: true)
      }
      if next == Self.accepted { return true }
      if next == Self.dead { return false }
      state = next
    }
    var next = transitions[Int(state) + end]
    if next == Self.unknown {
      next = step(program, state, symbol: end, byte: nil, isFinal: true)
    }
    return next == Self.accepted
  }

  /// Follows known transitions up to `end`; answers the mark that stopped it before.
  @inline(__always)
  private func run(
    _ program: borrowing RegexProgram, _ text: Span<UInt8>, _ end: Int, _ state: inout Int32,
    _ position: inout Int
  ) -> Int32 {
    let transitions = self.transitions.span
    let classes = program.classes.span
    var row = state
    var place = position
    var next = row
    while place < end {
      next = transitions[Int(row) + Int(classes[Int(text[place])])]
      if next < 0 { break }
      row = next
      place += 1
    }
    state = row
    position = place
    return next
  }

  /// The row of a state, made if need be.
  private mutating func state(_ key: [Int32]) -> Int32 {
    if let known = states[key] { return known }
    let row = Int32(transitions.count)
    states[key] = row
    seeds.append(key)
    transitions.append(contentsOf: repeatElement(Self.unknown, count: stride))
    // The key's own bytes, and what an array and a dictionary add to them.
    usedMemory += (stride + key.count) * 4 + 96
    return row
  }

  private mutating func step(
    _ program: borrowing RegexProgram, _ state: Int32, symbol: Int, byte: UInt8?, isFinal: Bool
  ) -> Int32 {
    let key = seeds[Int(state) / stride]
    let before = key[key.count - 1]
    if usedMemory >= memory {
      seeds.removeAll()
      states.removeAll()
      transitions.removeAll(keepingCapacity: true)
      usedMemory = 0
      return target(program, key, before, byte, isFinal)
    }
    let target = target(program, key, before, byte, isFinal)
    transitions[Int(state) + symbol] = target
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
    visits += closure.count
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
        visits += 1
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
