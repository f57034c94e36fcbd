import Core
import Testing

@testable import Sigma

@Suite struct MatcherTests {
  @Test func onlyRulesOfTheLogSourceRun() throws {
    var other = try Judge.rule("other", [("F", ["x"])])
    other.logSource = LogSource(category: "process_creation", product: "test")
    var any = try Judge.rule("any", [("F", ["x"])])
    any.logSource = LogSource(service: "sshd")
    let matcher = Matcher(rules: [other, try Judge.rule("test", [("F", ["x"])]), any])
    var scratch = matcher.makeScratch()
    var event = Judge.event([("F", "x")])
    #expect(matcher.match(event, scratch: &scratch) == [1])
    event.logSources = LogSourceSet([
      LogSource(category: "process_creation", product: "test"), LogSource(service: "sshd"),
    ])
    #expect(matcher.match(event, scratch: &scratch) == [0, 1, 2])
    event.logSources = .empty
    #expect(matcher.match(event, scratch: &scratch).isEmpty)
  }

  @Test func manyLogSourcesAreBounded() throws {
    let matcher = Matcher(rules: [try Judge.rule([("F", ["x"])])])
    var scratch = matcher.makeScratch()
    for number in 0..<2 * PlanCache.maximumPlans {
      var event = Judge.event([("F", "x")])
      event.logSources = LogSourceSet([LogSource(product: "test", service: "\(number)")])
      #expect(matcher.match(event, scratch: &scratch) == [0])
    }
    #expect(scratch.plans.count <= PlanCache.maximumPlans)
    // They are one plan, since the same rules apply to them.
    #expect(Set(scratch.plans.values.map(ObjectIdentifier.init)).count == 1)
  }

  @Test func threadsShareAMatcher() async throws {
    let rules = try (0..<50).map {
      try Judge.rule("\($0)", [("F|contains", [.text("word\($0)x")])])
    }
    let matcher = Matcher(rules: rules)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          var scratch = matcher.makeScratch()
          return (0..<200).allSatisfy { round in
            let wanted = (round + task) % 50
            let event = Judge.event([("F", "a word\(wanted)X b")])
            return matcher.match(event, scratch: &scratch) == [wanted]
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  /// A vulnerable driver's rule has thousands of hashes.
  @Test func longLists() throws {
    let hashes = (0..<5000).map {
      RuleScalar.text("SHA256=\(String($0 &* 2_654_435_761, radix: 16))")
    }
    let rule = try Judge.rule([("Hashes|contains", hashes)])
    let event = Judge.event([("Hashes", "MD5=00,\(hashes[4321].text.lowercased()),IMPHASH=1")])
    let matcher = Matcher(rules: [rule])
    var scratch = matcher.makeScratch()
    #expect(matcher.match(event, scratch: &scratch) == [0])
    #expect(matcher.match(Judge.event([("Hashes", "MD5=00")]), scratch: &scratch).isEmpty)
  }

  @Test func longAndStrangeValues() throws {
    let rule = try Judge.rule([("F|contains|all", ["needle", "é"])])
    let matcher = Matcher(rules: [rule])
    var scratch = matcher.makeScratch()
    let hay = String(repeating: "hay ", count: 200_000)
    #expect(matcher.match(Judge.event([("F", hay + "NEEDLEÉ")]), scratch: &scratch) == [0])
    #expect(matcher.match(Judge.event([("F", hay)]), scratch: &scratch).isEmpty)
    #expect(matcher.match(EventFields(), scratch: &scratch).isEmpty)
    var broken = EventFields()
    broken.append(name: "F".utf8, value: [0xFF, 0xC3, 0x28] + Array("needle".utf8))
    broken.logSources = Judge.sources
    #expect(matcher.match(broken, scratch: &scratch).isEmpty)
  }

  @Test func answersOfOneEventDoNotReachTheNext() throws {
    let rule = try Judge.rule([("F|re", ["a+b"]), ("G", ["x"]), ("H|exists", [.bool(false)])])
    let matcher = Matcher(rules: [rule])
    var scratch = matcher.makeScratch()
    let full = Judge.event([("F", "aab"), ("G", "x")])
    for _ in 0..<3 {
      #expect(matcher.match(full, scratch: &scratch) == [0])
      #expect(matcher.match(Judge.event([("G", "x")]), scratch: &scratch).isEmpty)
      #expect(matcher.match(Judge.event([("F", "aab")]), scratch: &scratch).isEmpty)
      #expect(
        matcher.match(Judge.event([("F", "aab"), ("G", "x"), ("H", "")]), scratch: &scratch).isEmpty
      )
    }
  }

  @Test func foldingWords() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var folded: [UInt8] = []
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let isASCII = ASCIIFolding.fold(bytes, into: &folded)
      #expect(Array(folded[..<bytes.count]) == bytes.map(CaseFolding.foldASCII), "seed \(seed)")
      #expect(isASCII == bytes.allSatisfy { $0 < 0x80 }, "seed \(seed)")
      #expect(folded[bytes.count..<bytes.count + 8].allSatisfy { $0 == 0 })
    }
  }
}
