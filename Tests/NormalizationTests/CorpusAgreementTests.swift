import Core
import EventScanner
import Normalization
import Testing

/// What normalization makes of raw records against the same records mapped by others.
@Suite(.enabled(if: SharedData.isPresent, "shared data is absent"))
struct CorpusAgreementTests {
  struct Agreement {
    var events = 0
    var pairs = 0
    var differing: [String: Int] = [:]
    var sourcesDiffer: [String: Int] = [:]
    /// Records whose time is no time.
    var refused = 0
  }

  func compare(
    raw: String, mapped: String, hint: (NormalizedEvent) -> String? = { _ in nil },
    missingSourcesCount: Bool, allowsMore: Bool = false
  ) throws -> Agreement {
    var expected: [String: (fields: [String: String], sources: [String])] = [:]
    var tape = JSONTape()
    var loader = MappedEvent()
    for line in try SharedData.lines(mapped) {
      try JSONScanner().scanRecord(line.span.bytes, into: &tape)
      var event = NormalizedEvent()
      #expect(loader.load(line.span.bytes, tape: tape, into: &event.fields))
      let id = tape.string(at: tape.member("event_id", in: line.span.bytes)!, in: line.span.bytes)
      expected[id] = (event.recordFields, event.logSourceTexts)
    }
    var agreement = Agreement()
    var normalizer = Normalizer()
    for line in try SharedData.lines(raw) {
      let id = String(decoding: try member("event_id", of: line), as: UTF8.self)
      let record = try member("event", of: line)
      let wanted = try #require(expected[id])
      agreement.events += 1
      let event: NormalizedEvent
      do {
        event = try normalize(record, with: &normalizer)
      } catch {
        agreement.refused += 1
        continue
      }
      let fields = event.recordFields
      agreement.pairs += wanted.fields.count
      for name in Set(fields.keys).union(wanted.fields.keys)
      where fields[name] != wanted.fields[name] {
        // A second name of ours is no difference in what the record says.
        if allowsMore, wanted.fields[name] == nil { continue }
        let kind = fields[name] == nil ? "missing" : wanted.fields[name] == nil ? "extra" : "other"
        agreement.differing["\(kind) \(name)", default: 0] += 1
      }
      if !Set(wanted.sources).isSubset(of: event.logSourceTexts)
        || missingSourcesCount && event.logSourceTexts.count != wanted.sources.count
      {
        agreement.sourcesDiffer["\(wanted.sources) / \(event.logSourceTexts)", default: 0] += 1
      }
    }
    return agreement
  }

  @Test func windowsEvents() throws {
    let agreement = try compare(
      raw: "sigma/evtx.raw.jsonl.gz", mapped: "sigma/evtx.events.jsonl.gz",
      missingSourcesCount: true)
    print(
      "windows: \(agreement.events) events, \(agreement.pairs) pairs, differing"
        + " \(agreement.differing.values.reduce(0, +)), log sources differing"
        + " \(agreement.sourcesDiffer.values.reduce(0, +))")
    #expect(agreement.events == 12296)
    #expect(agreement.differing == [:])
    #expect(agreement.sourcesDiffer == [:])
  }

  @Test func cloudEvents() throws {
    let agreement = try compare(
      raw: "sigma/cloud.raw.jsonl.gz", mapped: "sigma/cloud.events.jsonl.gz",
      missingSourcesCount: false, allowsMore: true)
    print(
      "cloud: \(agreement.events) events, \(agreement.pairs) pairs, differing"
        + " \(agreement.differing.values.reduce(0, +)), log sources differing"
        + " \(agreement.sourcesDiffer.values.reduce(0, +))")
    for (name, count) in agreement.differing.sorted(by: { $0.value > $1.value }).prefix(30) {
      print("  \(count) \(name)")
    }
    for (name, count) in agreement.sourcesDiffer.sorted(by: { $0.value > $1.value }) {
      print("  \(count) \(name)")
    }
    #expect(agreement.events == 2339)
    #expect(agreement.refused == 2)
    // The rest are lists of which the other mapping keeps some elements only, and fragments of records
    // by which no source can be told.
    #expect(agreement.differing.values.reduce(0, +) <= 27)
    #expect(agreement.sourcesDiffer.values.reduce(0, +) <= 9)
  }
}
