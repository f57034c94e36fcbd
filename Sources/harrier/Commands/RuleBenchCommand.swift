import ArgumentParser
import Sigma
import SigmaYAML

extension RuleCommand {
  struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the rules over the events of a file, on one thread; prints JSON.",
      discussion: """
        Timed is what happens to a record in memory: scan of its JSON, its fields, all rules. \
        `ops/bench match` uses it.
        """,
      shouldDisplay: false)

    enum Evaluator: String, ExpressibleByArgument, CaseIterable {
      case compiled, naive
    }

    @Option(help: "Rule files, or folders of them; may be given several times.")
    var rules: [String]
    @Option(help: "The matcher of the live service, or the reference that it must agree with.")
    var evaluator = Evaluator.compiled
    @Option(help: "How often all events are read and matched.")
    var passes = 1
    @Option(help: "Take this many events, evenly spread over the file (default: all).")
    var sample: Int?
    @Argument(help: "A file with one event a line, mapped or raw as for `rule match`.")
    var events: String

    func validate() throws {
      guard passes > 0 else { throw ValidationError("--passes must be at least 1") }
      guard sample.map({ $0 > 0 }) ?? true else {
        throw ValidationError("--sample must be at least 1")
      }
    }

    func run() async throws {
      let loaded = RuleLoader().load(paths: rules)
      for refusal in loaded.refusals { Terminal().say("harrier: refused \(refusal)") }
      let benchmark = try RuleBenchmark(rules: loaded.set.rules, events: events, sample: sample)
      let report =
        switch evaluator {
        case .compiled: try benchmark.measure(passes: passes)
        case .naive: try benchmark.measureNaive(passes: passes)
        }
      print(String(decoding: try SnakeJSON.encode(report), as: UTF8.self))
    }
  }
}
