/// The table of who may do what, as Markdown.
struct AccessTable {
  private let roles: [String]
  private var lines: [String]

  init(roles: [String]) {
    self.roles = roles
    let columns = ["operation"] + roles + ["keys of one scope", "nobody", "another tenant"]
    lines = [
      "# Who may do what",
      "",
      "Made by `IsolationTests`, which calls every operation with every credential: not to be edited.",
      "`HARRIER_WRITE_DOCS=1 swift test --filter IsolationTests` writes it anew.",
      "",
      "People have one of the roles, API keys have scopes. The last column is what another tenant's",
      "credential with all scopes gets for an object of this tenant; “own” stands where no object is",
      "named, so that each sees what is its own (400 and 428 are told before anything is looked for).",
      "",
      "| \(columns.joined(separator: " | ")) |",
      "|\(columns.map { _ in "---" }.joined(separator: "|"))|",
    ]
  }

  mutating func add(_ operation: Operation, _ allowed: [String], foreign: Int?) {
    let mark = { (name: String) in allowed.contains(name) ? "yes" : "–" }
    let keys = allowed.filter { $0.hasPrefix("`") }
    let cells =
      ["`\(operation.title)`"] + roles.map(mark)
      + [
        keys.isEmpty ? "–" : keys.count == 7 ? "any" : keys.joined(separator: " "), mark("nobody"),
      ]
      + [foreign.map(String.init) ?? (operation.caller == "anyone" ? "–" : "own")]
    lines.append("| \(cells.joined(separator: " | ")) |")
  }

  var text: String { lines.joined(separator: "\n") + "\n" }
}
