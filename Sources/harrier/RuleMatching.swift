import Core
import Correlation
import EventScanner
import Normalization
import Sigma

#if canImport(Glibc)
  import Glibc
#endif

/// Runs rules over the lines of a file with the matcher of the live service.
struct RuleMatching {
  private let rules: RuleSet
  private let matcher: Matcher
  private let mappings: MappingCatalog
  /// Nil where incidents are not asked for.
  private var correlating: FileCorrelation?

  /// The longest line that is read, in bytes.
  private static let lineLimit = 16 << 20

  /// - Parameter correlates: whether incidents are printed behind the matches.
  init(rules: RuleSet, mappings: MappingCatalog, correlates: Bool = false) {
    self.rules = rules
    self.mappings = mappings
    matcher = Matcher(rules: rules.rules, aliases: FieldAliases.table)
    if correlates { correlating = FileCorrelation(rules: rules) }
  }

  /// Prints `{"line":n,"rules":["<id>",…]}` for each event that matches, lines from 1, ids sorted.
  mutating func run(events path: String) throws {
    guard let file = path == "-" ? fdopen(STDIN_FILENO, "r") : fopen(path, "r") else {
      throw CommandError(.notFound, "\(path): \(FileText.reason())")
    }
    defer { fclose(file) }
    var reader = EventLineReader(mappings: mappings)
    var scratch = matcher.makeScratch()
    var number = 0
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    while true {
      let count = getline(&buffer, &capacity, file)
      guard count > 0, let start = buffer else { break }
      number += 1
      let line = UnsafeRawBufferPointer(start: start, count: count)
      guard count <= Self.lineLimit else {
        throw CommandError(
          .usage, "\(path):\(number): the line is longer than \(Self.lineLimit) bytes")
      }
      guard
        try reader.read(Array(line), withColumns: correlating != nil, path: path, number: number)
      else { continue }
      let matched =
        correlating?.add(reader.event, line: number)
        ?? matcher.match(reader.fields, scratch: &scratch).map { rules.rules[$0].id }
      guard !matched.isEmpty else { continue }
      print(Self.json(number, matched.sorted()))
    }
    for incident in correlating?.incidents() ?? [] { print(incident) }
  }

  private static func json(_ line: Int, _ ids: [String]) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("line", line)
      json.member("rules", ids)
    }
    return json.text
  }
}

/// Reads one line of events at a time: mapped ones as they are, records through normalization.
struct EventLineReader {
  private let scanner = JSONScanner(limits: ScanLimits(maxLeaves: 65536, maxRecordBytes: 16 << 20))
  private var tape = JSONTape()
  private var normalizer: Normalizer
  private var mapped = MappedEvent()
  private(set) var event = NormalizedEvent()

  var fields: EventFields { event.fields }

  init(mappings: MappingCatalog) {
    normalizer = Normalizer(catalog: mappings)
  }

  /// False for a blank line.
  ///
  /// - Parameter withColumns: whether the time of a mapped event is wanted, too.
  mutating func read(
    _ line: [UInt8], withColumns: Bool, path: String, number: Int
  ) throws -> Bool {
    let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = line.first(where: { !blank.contains($0) }) else { return false }
    if first != UInt8(ascii: "{") {
      try readText(line, path: path, number: number)
      return true
    }
    do throws(ScanError) {
      try scanner.scanRecord(line.span.bytes, into: &tape)
    } catch {
      throw CommandError(.usage, "\(path):\(number): \(error.message)")
    }
    do throws(NormalizationError) {
      if !withColumns, mapped.load(line.span.bytes, tape: tape, into: &event.fields) { return true }
      try normalizer.normalize(line.span.bytes, tape: tape, into: &event)
    } catch {
      say(error, path, number)
    }
    return true
  }

  /// A line of text: syslog, an access log, or a program's own form.
  private mutating func readText(_ line: [UInt8], path: String, number: Int) throws {
    let end = line.last == 0x0A ? line.count - 1 : line.count
    do throws(NormalizationError) {
      try normalizer.normalizeText(
        line.span.bytes.extracting(0..<end), receivedAt: .now, into: &event)
    } catch {
      say(error, path, number)
    }
  }

  /// The service would set the record aside; what its fields match is known all the same.
  private mutating func say(_ error: NormalizationError, _ path: String, _ number: Int) {
    event.columns = EventColumns()
    Terminal().say("harrier: \(path):\(number): \(error)")
  }
}
