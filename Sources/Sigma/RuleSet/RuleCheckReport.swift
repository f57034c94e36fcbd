internal import Core

/// What `harrier rule check` says: how many rules run, and why the others do not.
public struct RuleCheckReport: Sendable {
  public var loaded: Int
  public var refused: [RuleRefusal]

  public init(loaded: Int, refused: [RuleRefusal]) {
    self.loaded = loaded
    self.refused = refused
  }

  /// `{"loaded":n,"refused":[{"file","line","rule","reason"}]}`, refusals by file and line.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("loaded", loaded)
      writer.array("refused") { writer in
        for refusal in sorted {
          writer.object { writer in
            writer.member("file", refusal.file)
            writer.member("line", refusal.line)
            writer.member("rule", refusal.rule)
            writer.member("reason", refusal.reason)
          }
        }
      }
    }
    return writer.text
  }

  /// One line a refusal, then the count.
  public var text: String {
    (sorted.map(\.description) + ["\(loaded) rules loaded, \(refused.count) refused"])
      .joined(separator: "\n")
  }

  private var sorted: [RuleRefusal] {
    refused.sorted { ($0.file, $0.line, $0.reason) < ($1.file, $1.line, $1.reason) }
  }
}
