import ArgumentParser
import Sigma
import SigmaYAML

struct RuleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rule", abstract: "Check Sigma rules, try them, and change those of a service.",
    subcommands: [
      Check.self, Match.self, Bench.self, Test.self, List.self, Show.self, Put.self, Mode.self,
      Delete.self,
    ])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say which rules would not run, with file, line and reason; exits 1 if any.")
    @OptionGroup var output: OutputOptions
    @Argument(help: "Rule files, or folders of them.")
    var paths: [String]

    func run() async throws {
      let loaded = RuleLoader().load(paths: paths)
      let report = RuleCheckReport(
        loaded: loaded.set.rules.count + loaded.set.correlations.count, refused: loaded.refusals)
      print(output.json ? report.json : report.text)
      if !report.refused.isEmpty { throw ExitCode(CommandError.Code.found.rawValue) }
    }
  }

  struct Match: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the rules that match each event of a file.",
      discussion: """
        A line that is an object with `logsources` and `fields` is taken as already mapped; every other
        line is a raw record and goes through normalization, as in the live service.
        """)
    @Option(help: "Rule files, or folders of them; may be given several times.")
    var rules: [String]
    @Option(help: "Files or folders of your own mappings of records; may be given several times.")
    var mappings: [String] = []
    @Flag(help: "Print the incidents, too, one a line behind the matches.")
    var correlate = false
    @Argument(help: "A file with one event a line; - is standard input.")
    var events: String

    func run() async throws {
      let loaded = RuleLoader().load(paths: rules)
      for refusal in loaded.refusals { Terminal().say("harrier: refused \(refusal)") }
      var matching = RuleMatching(
        rules: loaded.set, mappings: try MappingPaths.load(mappings), correlates: correlate)
      try matching.run(events: events)
    }
  }
}
