import Core
import Correlation
import Normalization
import RuleStore
import Sigma
import SigmaYAML
import Testing

@testable import Rulebook

/// Layers and masks against one flat matcher over the same effective rules.
@Suite struct LayerPropertyTests {
  private struct Case {
    var base: [RuleRecord] = []
    var own: [RuleRecord] = []
    var modes: [String: RuleMode] = [:]

    /// The documents that stand, with their modes: an organization's in the place of the installation's.
    var standing: [RuleRecord] {
      let replaced = Set(own.map(\.id))
      return base.filter { !replaced.contains($0.id) }.map { record in
        var record = record
        record.mode = modes[record.id] ?? record.mode
        return record
      } + own
    }
  }

  private static let values = ["x", "y", "z"]
  private static let names = ["user", "host", "action"]

  private static func lines(_ generator: inout SeededGenerator) -> String {
    let name = names.randomElement(using: &generator)!
    let value = values.randomElement(using: &generator)!
    return Bool.random(using: &generator) ? "\(name): \(value)" : "\(name)|contains: \(value)"
  }

  private static func document(_ id: Int, _ generator: inout SeededGenerator) -> String {
    let referred = { (generator: inout SeededGenerator) in
      Set((0..<2).map { _ in "r\(Int.random(in: 0..<16, using: &generator))" }).sorted()
    }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return Book.correlation("r\(id)", of: referred(&generator), by: ["user", "host"])
    case 1:
      let rules = Bool.random(using: &generator) ? referred(&generator) : []
      return Book.filter("r\(id)", of: rules, lines(&generator))
    default: return Book.rule("r\(id)", lines(&generator))
    }
  }

  private static func random(_ generator: inout SeededGenerator) -> Case {
    var made = Case()
    let modes: [RuleMode] = [.enabled, .enabled, .disabled, .shadow]
    for id in 0..<16 {
      made.base.append(Book.record(document(id, &generator), version: 2, isBase: true))
      if Int.random(in: 0..<4, using: &generator) == 0 {
        made.modes["r\(id)"] = modes.randomElement(using: &generator)!
      }
    }
    for id in 10..<20 where Int.random(in: 0..<3, using: &generator) == 0 {
      made.own.append(
        Book.record(
          document(id, &generator), version: 5, mode: modes.randomElement(using: &generator)!))
    }
    return made
  }

  /// The rules that run, read from one file.
  private static func flat(_ made: Case) -> RuleSet {
    let standing = made.standing
    let disabled = Set(standing.filter { $0.mode == .disabled }.map(\.id))
    let text = standing.filter { $0.kind != .filter || $0.mode == .enabled }.map(\.source)
      .joined(separator: "---\n")
    var documents = RuleLoader().documents(text: text, file: "flat.yml")
    let correlations = documents.correlations.filter { !disabled.contains($0.id) }
    documents.correlations = []
    let rules = documents.resolved().set.rules.filter { !disabled.contains($0.id) }
    return RuleSet.resolve(rules: rules, correlations: correlations).set
  }

  @Test func layersEqualOneMatcher() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var hits = 0
    var ownLayers = 0
    for round in 0..<150 {
      let made = Self.random(&generator)
      let rules = CompiledBase(BaseRules(revision: 1, rules: made.base)).compile(
        OrganizationRules(
          organization: Book.organization, revision: 2, rules: made.own, baseModes: made.modes))
      let set = Self.flat(made)
      let matcher = Matcher(rules: set.rules, aliases: FieldAliases.table)
      var flatScratch = matcher.makeScratch()
      var scratch = DetectorScratch()
      ownLayers += rules.detector.layers.count - 1
      for _ in 0..<20 {
        let event = Book.event(
          Self.names.map { ($0, Self.values.randomElement(using: &generator)!) })
        let found = rules.detector.hits(event, scratch: &scratch)
        let expected = matcher.match(event.fields, scratch: &flatScratch)
        hits += found.count
        #expect(
          found.map(\.ruleID).sorted() == expected.map { set.rules[$0].id }.sorted(),
          "seed \(seed), round \(round)")
        for hit in found {
          let record = try #require(made.standing.first { $0.id == hit.ruleID })
          #expect(hit.ruleVersion == record.version)
          let index = try #require(set.index(ofRule: hit.ruleID))
          let values = hit.rule.correlatedValues(of: event.fields)
          #expect(
            values.map(\.name) == set.correlatedFields(ofRule: index),
            "seed \(seed), round \(round)")
        }
      }
      #expect(
        rules.plans.families.flatMap(\.plans).map(\.ruleID).sorted()
          == set.correlations.map(\.id).sorted(),
        "seed \(seed), round \(round)")
    }
    #expect(hits > 1000)
    #expect(ownLayers > 20)
  }
}
