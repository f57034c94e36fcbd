internal import Sigma
internal import Yams

/// One document of a rule file. Documents are cut apart before they are parsed, so that a broken one
/// costs only itself.
struct YAMLDocument: Sendable {
  var text: String
  /// The line of its first line in the file, from 1.
  var line: Int

  /// Cuts at `---` and `...` in the first column, which YAML keeps for that, whatever is around.
  static func split(_ text: String) -> [YAMLDocument] {
    var documents: [YAMLDocument] = []
    var lines: [UInt8] = []
    var hasContent = false
    var start = 1
    func finish() {
      guard hasContent else { return }
      documents.append(YAMLDocument(text: String(decoding: lines, as: UTF8.self), line: start))
    }
    let newline = UInt8(ascii: "\n")
    for (index, whole) in text.utf8.split(separator: newline, omittingEmptySubsequences: false)
      .enumerated()
    {
      var line = whole
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if line.starts(with: "\u{FEFF}---".utf8) || index == 0 { line = line.withoutByteOrderMark }
      // Directives stand before the document that they are for, and rules need none.
      if !hasContent, line.first == UInt8(ascii: "%") { line = ""[...].utf8 }
      if isMarker(line) {
        finish()
        start = index + 1
        // What follows `---` on its line belongs to the document.
        let rest = line.starts(with: "---".utf8) ? line.dropFirst(3) : ""[...].utf8
        lines = Array(rest)
        hasContent = isContent(rest)
      } else {
        lines += line
        hasContent = hasContent || isContent(line)
      }
      lines.append(newline)
    }
    finish()
    return documents
  }

  private static func isMarker(_ line: Substring.UTF8View) -> Bool {
    guard line.starts(with: "---".utf8) || line.starts(with: "...".utf8) else { return false }
    return line.dropFirst(3).first.map { $0 == 0x20 || $0 == 0x09 } ?? true
  }

  /// Whether the line is more than blanks and a comment.
  private static func isContent(_ line: Substring.UTF8View) -> Bool {
    line.first { $0 != 0x20 && $0 != 0x09 }.map { $0 != UInt8(ascii: "#") } ?? false
  }

  /// - Throws: `SigmaError` with the line in the file.
  func parse(limits: RuleLoaderLimits) throws(SigmaError) -> YAMLNode? {
    try YAMLGuard.check(self, limits: limits)
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch {
      throw explain(error)
    }
    guard let root else { return nil }
    var builder = NodeBuilder(lineOffset: line - 1, remaining: limits.nodesPerDocument)
    let node = try builder.node(root, depth: limits.depth)
    return node.isNull ? nil : node
  }

  private func explain(_ error: any Error) -> SigmaError {
    guard let error = error as? YamlError else { return SigmaError(.unreadable, "no YAML") }
    func at(_ mark: Mark?) -> Int { (mark?.line ?? 1) + line - 1 }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return SigmaError(
        .unreadable, "not valid YAML: \(problem)\(Self.remedy(for: problem))", line: at(mark))
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      return SigmaError(
        .duplicate, "the key \(names) stands twice in one map: join them or rename one",
        line: at(context.mark))
    case .reader(let problem, _, _, _):
      return SigmaError(.unreadable, "not valid YAML: \(problem)", line: line)
    default:
      return SigmaError(.unreadable, "not valid YAML", line: line)
    }
  }

  /// What to do about the mistakes that rules have most often.
  private static func remedy(for problem: String) -> String {
    let remedies = [
      ("tab", "indent with blanks"),
      ("cannot start any token", "quote the value, or indent with blanks"),
      ("mapping values are not allowed", "quote a value that holds a colon"),
      ("alphabetic or numeric", "quote a value that begins with * or &"),
      ("undefined alias", "quote a value that begins with *"),
      ("unexpected end of stream", "close the quote or bracket that is open"),
      ("did not find expected", "check the indentation, and quote values with : or brackets"),
    ]
    return remedies.first { problem.contains($0.0) }.map { ": \($0.1)" } ?? ""
  }
}

extension Substring.UTF8View {
  fileprivate var withoutByteOrderMark: Self {
    starts(with: "\u{FEFF}".utf8) ? dropFirst(3) : self
  }
}

/// Follows Yams' nodes within bounds: an alias counts as often as it is used.
private struct NodeBuilder {
  let lineOffset: Int
  var remaining: Int

  mutating func node(_ node: Node, depth: Int) throws(SigmaError) -> YAMLNode {
    let line = (node.mark?.line ?? 1) + lineOffset
    remaining -= 1
    guard remaining >= 0 else {
      throw SigmaError(.limit, "more values than one document may have", line: line)
    }
    guard depth > 0 else { throw SigmaError(.limit, "nested too deep", line: line) }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain && scalar.tag.description != "tag:yaml.org,2002:str"
      return YAMLNode(content: .scalar(scalar.string, isPlain: isPlain), line: line)
    case .sequence(let sequence):
      var items: [YAMLNode] = []
      for item in sequence { items.append(try self.node(item, depth: depth - 1)) }
      return YAMLNode(content: .sequence(items), line: line)
    case .mapping(let mapping):
      var entries: [YAMLNode.Entry] = []
      for (key, value) in mapping {
        let keyLine = (key.mark?.line ?? 1) + lineOffset
        guard case .scalar(let name) = key else {
          throw SigmaError(.structure, "a key must be a text", line: keyLine)
        }
        if name.string == "<<" {
          throw SigmaError(
            .unsupported, "merge keys are not read: write the map out", line: keyLine)
        }
        entries.append(
          YAMLNode.Entry(
            key: name.string, value: try self.node(value, depth: depth - 1), line: keyLine))
      }
      return YAMLNode(content: .mapping(entries), line: line)
    case .alias:
      throw SigmaError(.unsupported, "an alias that stands for nothing", line: line)
    }
  }
}
