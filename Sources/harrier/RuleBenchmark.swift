import Core
import EventScanner
import Normalization
import Sigma

#if canImport(Glibc)
  import Glibc
#endif

/// Times rules over the events of a file, on one thread, with the events in memory.
///
/// What is timed for each event: scan of its JSON, then its fields (loaded, or normalized from a raw
/// record, as in `rule match`), then all rules. Not timed: reading the file and the rules, building the
/// matcher, and a first pass, which makes the plans.
struct RuleBenchmark {
  /// Seconds of one pass over all events, and the matches found in it.
  struct Pass: Encodable {
    var seconds: Double
    var cpuSeconds: Double
    var matches: Int
  }

  struct Report: Encodable {
    var rules: Int
    var events: Int
    var bytes: Int
    /// Of them, how many came mapped already.
    var mappedEvents: Int
    var compileSeconds: Double
    var passes: [Pass]
    /// The largest size of the process so far, in bytes.
    var peakResidentBytes: Int
  }

  private let rules: [Rule]
  private let bytes: [UInt8]
  private let lines: [Range<Int>]
  private let matcher: Matcher
  private let compileSeconds: Double

  /// The largest file that is read, in bytes.
  private static let fileLimit = 1 << 30

  /// - Parameter sample: of how many events, evenly spread over the file, the passes are; nil is all.
  init(rules: [Rule], events path: String, sample: Int?) throws {
    self.rules = rules
    bytes = try FileText.bytes(path, limit: Self.fileLimit)
    let all = bytes.split(separator: UInt8(ascii: "\n")).map(\.indices)
    guard !all.isEmpty else { throw CommandError(.usage, "\(path): no events") }
    let step = max(1, all.count / max(1, sample ?? all.count))
    lines = stride(from: 0, to: all.count, by: step).map { all[$0] }
    let began = Self.processorSeconds()
    matcher = Matcher(rules: rules, aliases: FieldAliases.table)
    compileSeconds = Self.processorSeconds() - began
  }

  func measure(passes: Int) throws -> Report {
    var scratch = matcher.makeScratch()
    return try report(passes: passes) { event in matcher.match(event, scratch: &scratch).count }
  }

  /// The same by the naive evaluator, which first must agree with the matcher on every event.
  func measureNaive(passes: Int) throws -> Report {
    let naive = NaiveEvaluator(aliases: FieldAliases.table)
    var scratch = matcher.makeScratch()
    var isChecked = false
    var number = 0
    return try report(passes: passes, warmUp: false) { event in
      let found = naive.matches(rules, NaiveEvent(event))
      number += 1
      if !isChecked, found != matcher.match(event, scratch: &scratch) {
        throw CommandError(.found, "the evaluators differ on event \(number) of the sample")
      }
      if number == lines.count { isChecked = true }
      return found.count
    }
  }

  private func report(
    passes: Int, warmUp: Bool = true, match: (borrowing EventFields) throws -> Int
  ) throws -> Report {
    var reader = EventReader()
    var mapped = 0
    func pass() throws -> Pass {
      let wall = ContinuousClock.now
      let processor = Self.processorSeconds()
      var matches = 0
      mapped = 0
      for line in lines {
        if try reader.read(bytes.span.bytes.extracting(line)) { mapped += 1 }
        matches += try match(reader.event.fields)
      }
      return Pass(
        seconds: (ContinuousClock.now - wall) / .seconds(1),
        cpuSeconds: Self.processorSeconds() - processor, matches: matches)
    }
    if warmUp { _ = try pass() }
    let measured = try (0..<passes).map { _ in try pass() }
    return Report(
      rules: rules.count, events: lines.count, bytes: lines.reduce(0) { $0 + $1.count },
      mappedEvents: mapped, compileSeconds: compileSeconds, passes: measured,
      peakResidentBytes: try Self.peakResidentBytes())
  }

  /// Of the whole process, which has one thread at work. POSIX counts in millionths.
  private static func processorSeconds() -> Double {
    Double(clock()) / 1e6
  }

  private static func peakResidentBytes() throws -> Int {
    for line in try FileText.read("/proc/self/status", limit: 1 << 16).split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      if let size = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }
      ) {
        return size * 1024
      }
    }
    throw CommandError(.bug, "/proc/self/status shows no VmHWM")
  }
}

/// Reads one record of many, with all memory kept in between.
private struct EventReader {
  private let scanner = JSONScanner(limits: ScanLimits(maxLeaves: 65536, maxRecordBytes: 16 << 20))
  private var tape = JSONTape()
  private var normalizer = Normalizer()
  private var mapped = MappedEvent()
  private(set) var event = NormalizedEvent()

  /// True for a record that was mapped already.
  mutating func read(_ record: RawSpan) throws -> Bool {
    do throws(ScanError) {
      try scanner.scanRecord(record, into: &tape)
    } catch {
      throw CommandError(.usage, "a record is no JSON object: \(error.message)")
    }
    if mapped.load(record, tape: tape, into: &event.fields) { return true }
    do throws(NormalizationError) {
      try normalizer.normalize(record, tape: tape, into: &event)
    } catch {
      throw CommandError(.usage, "a record is no event: \(error)")
    }
    return false
  }
}
