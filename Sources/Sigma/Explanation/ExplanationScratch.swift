public import Core

/// Memory that prepared explainers need while they run; one for each thread, for all rules.
public struct ExplanationScratch: Sendable {
  /// One value that a line of a rule looks at.
  struct Occurrence: Sendable {
    /// In the event's bytes, or among the folded ones for the joined text.
    let original: Range<Int>
    /// In the folded bytes.
    let folded: Range<Int>
    let isNull: Bool
    /// The event's whole text, for keywords.
    let isJoined: Bool
  }

  /// A line of a search that holds: its value of the rule, and what it shows of the event.
  struct Finding: Sendable {
    let item: Int
    /// Nil for a line without values.
    let value: Int?
    /// Nil where the field is absent.
    let shown: Occurrence?
  }

  /// The event's bytes in lower case, and behind them what was made since: values outside ASCII folded by
  /// Unicode, and the joined text.
  private(set) var folded: [UInt8] = []
  private var used = 0
  private var isASCII = true
  private var wide: [(entry: Int, range: Range<Int>)] = []
  private var joined: Occurrence?

  /// What the line of the rule looks at, and the values of the field that it refers to.
  private(set) var occurrences: [Occurrence] = []
  private(set) var others: [Occurrence] = []
  var findings: [Finding] = []
  var output = ExplanationOutput()
  private var automata: [ObjectIdentifier: (regex: CompiledRegex, automaton: LazyDFA)] = [:]

  private static let maximumAutomata = 128
  /// Bytes that the states of one regular expression may take.
  private static let automatonMemory = 32 << 10

  public init() {}

  /// Makes ready for an event, which then serves for any number of rules.
  public mutating func read(_ event: borrowing EventFields) {
    isASCII = ASCIIFolding.fold(event.bytes, into: &folded)
    used = event.bytes.count
    wide.removeAll(keepingCapacity: true)
    joined = nil
  }

  /// Fills `occurrences` with the field's values, in the event's order.
  mutating func find(_ name: Span<UInt8>, in event: borrowing EventFields) {
    occurrences.removeAll(keepingCapacity: true)
    let bytes = event.bytes
    let all = bytes.span.bytes
    for index in 0..<event.entries.count {
      let entry = event.entries[index]
      guard entry.name.count == name.count,
        ByteSearch.stands(name.bytes, in: all, at: Int(entry.name.lowerBound))
      else { continue }
      let value = Int(entry.value.lowerBound)..<Int(entry.value.upperBound)
      occurrences.append(
        Occurrence(
          original: value, folded: fold(index, value, bytes), isNull: entry.kind == .null,
          isJoined: false))
    }
  }

  /// Fills `others` likewise.
  mutating func findOthers(_ name: Span<UInt8>, in event: borrowing EventFields) {
    swap(&occurrences, &others)
    find(name, in: event)
    swap(&occurrences, &others)
  }

  /// Fills `occurrences` with the event's whole text: all values of the record itself, joined by
  /// newlines.
  mutating func findText(of event: borrowing EventFields) {
    let text = joined ?? join(event)
    joined = text
    occurrences.removeAll(keepingCapacity: true)
    occurrences.append(text)
  }

  private mutating func join(_ event: borrowing EventFields) -> Occurrence {
    let bytes = event.bytes
    var text: [UInt8] = []
    var foldedText: [UInt8] = []
    for index in 0..<event.recordEntryCount {
      let entry = event.entries[index]
      guard entry.kind != .null else { continue }
      if !text.isEmpty {
        text.append(0x0A)
        foldedText.append(0x0A)
      }
      let value = Int(entry.value.lowerBound)..<Int(entry.value.upperBound)
      text += bytes[value]
      foldedText += folded[fold(index, value, bytes)]
    }
    return Occurrence(
      original: keep(text), folded: keep(foldedText), isNull: false, isJoined: true)
  }

  /// Where the value stands in lower case.
  private mutating func fold(_ entry: Int, _ value: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    if isASCII { return value }
    if let known = wide.first(where: { $0.entry == entry }) { return known.range }
    let isPlain = ByteSearch.isASCII(bytes.span.extracting(value).bytes)
    let range = isPlain ? value : keep(CaseFolding.fold(utf8: bytes[value]))
    wide.append((entry, range))
    return range
  }

  private mutating func keep(_ bytes: [UInt8]) -> Range<Int> {
    let range = used..<used + bytes.count
    used = range.upperBound
    if folded.count < used {
      folded.append(contentsOf: repeatElement(0, count: used - folded.count))
    }
    folded.replaceSubrange(range, with: bytes)
    return range
  }

  /// Where the bytes of an occurrence as it came stand.
  func source(of occurrence: Occurrence, _ event: borrowing EventFields) -> [UInt8] {
    occurrence.isJoined ? folded : event.bytes
  }

  /// Whether the expression is found in the value, as far as its size lets it look, which is as far as
  /// the matcher looks.
  mutating func finds(
    _ regex: CompiledRegex, in occurrence: Occurrence, _ event: borrowing EventFields
  ) -> Bool {
    let bytes = source(of: occurrence, event)
    let text = bytes.span.extracting(occurrence.original)
    if let run = regex.run { return run.matches(text) }
    let key = ObjectIdentifier(regex)
    if automata[key] == nil {
      if automata.count >= Self.maximumAutomata { automata.removeAll() }
      automata[key] = (regex, LazyDFA(regex.program, memory: Self.automatonMemory))
    }
    return automata[key]!.automaton.matches(
      regex.program, text.extracting(0..<min(text.count, regex.program.textLimit)))
  }
}
