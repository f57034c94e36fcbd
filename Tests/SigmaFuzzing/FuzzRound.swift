internal import Core
internal import Sigma

/// Some rules and events made from one seed, run by the compiled matcher, the naive evaluator and a
/// second reading of the specification, which must agree, and explained in both ways, which must be the
/// same bytes.
public struct FuzzRound {
  /// Questions whether a rule matches an event.
  public private(set) var questions = 0
  public private(set) var matches = 0
  /// Those on which the second reading had no opinion.
  public private(set) var withoutOpinion = 0
  /// What was found, with the rule and the event.
  public private(set) var differences: [String] = []

  private static let rules = 16
  private static let events = 32
  private static let sets: [LogSourceSet] = {
    let sources = RuleMaker.logSources
    return [[sources[0]], [sources[3], sources[0]], [], [sources[1], sources[2], sources[4]]]
      .map(LogSourceSet.init)
  }()

  /// - Throws: `SigmaError` if a rule is refused that was taken line by line.
  public init(seed: UInt64) throws {
    var random = FuzzGenerator(seed: seed)
    var maker = RuleMaker()
    var written: [FuzzRule] = []
    for number in 0..<Self.rules { written.append(maker.rule("r\(number)", &random)) }
    let rules = try written.map { try $0.read() }
    let aliases = random.chance(25) ? ["source.ip": "B"] : [:]
    let matcher = Matcher(rules: rules, aliases: aliases)
    var scratch = matcher.makeScratch()
    let alone = Matcher(rules: [rules[0]], aliases: aliases)
    var aloneScratch = alone.makeScratch()
    let naive = NaiveEvaluator(aliases: aliases)
    let explainer = RuleExplainer(aliases: aliases)
    let prepared = rules.map { PreparedExplainer($0, aliases: aliases) }
    var explanation = ExplanationScratch()
    let reading = SpecificationEvaluator(aliases: aliases)
    for _ in 0..<Self.events {
      let event = maker.event(Self.sets, &random)
      let fields = event.read
      let compiled = Set(matcher.match(fields, scratch: &scratch))
      let flat = NaiveEvent(fields)
      let expected = Set(naive.matches(rules, flat))
      explanation.read(fields)
      let first = !alone.match(fields, scratch: &aloneScratch).isEmpty
      matches += expected.count
      for (index, rule) in written.enumerated() {
        questions += 1
        let told = explainer.explain(rules[index], flat).json
        let toldFast = String(
          decoding: prepared[index].json(of: fields, scratch: &explanation), as: UTF8.self)
        if told != toldFast {
          differences.append(
            "seed \(seed): explained as\n\(told)\nand as\n\(toldFast)\naliases \(aliases)\nrule \(rule)\nevent\n\(event)"
          )
        }
        let opinion = reading.matches(rule, event)
        if opinion == nil { withoutOpinion += 1 }
        var answers = [
          "compiled": compiled.contains(index), "naive": expected.contains(index),
        ]
        answers["specification"] = opinion
        if index == 0 { answers["compiled alone"] = first }
        guard Set(answers.values).count > 1 else { continue }
        let shown = answers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        differences.append(
          "seed \(seed): \(shown.joined(separator: ", ")), aliases \(aliases)\nrule \(rule)\nevent\n\(event)"
        )
      }
    }
  }
}
