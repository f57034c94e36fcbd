internal import Sigma

extension Detection {
  /// Reads the searches and the condition of a `detection` or `filter` map.
  init(_ reader: NodeReader, ignoring ignored: Set<String> = []) throws(SigmaError) {
    if reader.has("timeframe") {
      throw reader.fault(
        "timeframe", "old Sigma: write a correlation rule with a timespan", code: .unsupported)
    }
    var searches: [Search] = []
    var budget = Detection.maximumWeight
    for entry in reader.entries where entry.key != "condition" && !ignored.contains(entry.key) {
      guard Self.isIdentifier(entry.key) else {
        throw SigmaError(
          .unknownKey, "\"\(entry.key)\" is no name for a search: leave out blanks and parentheses",
          line: entry.line)
      }
      searches.append(
        Search(
          identifier: entry.key,
          expression: try SearchExpression(entry.value, entry: entry, budget: &budget),
          line: entry.line))
    }
    guard !searches.isEmpty else {
      throw SigmaError(.structure, "\(reader.path)searches are missing", line: reader.line)
    }
    let texts = try reader.names("condition")
    guard !texts.isEmpty else {
      throw SigmaError(.structure, "\(reader.path)condition is missing", line: reader.line)
    }
    let parser = ConditionParser(identifiers: searches.map(\.identifier))
    let line = reader.entry("condition")?.line
    do throws(SigmaError) {
      self.init(
        searches: searches, condition: try parser.parse(texts),
        conditionText: texts.count == 1
          ? texts[0] : texts.map { "(\($0))" }.joined(separator: " or "))
    } catch {
      throw error.at(line: line)
    }
    guard weight <= Self.maximumWeight else {
      throw SigmaError(
        .limit, "condition: it names its searches so often that the rule is too large", line: line)
    }
  }

  private static func isIdentifier(_ key: String) -> Bool {
    !key.isEmpty && !key.contains { $0.isWhitespace || $0 == "(" || $0 == ")" }
  }
}

extension SearchExpression {
  /// A map is an AND of its items, a list an OR; a text, or texts in a list, are keywords.
  init(
    _ node: YAMLNode, entry: YAMLNode.Entry, budget: inout Int
  ) throws(SigmaError) {
    switch node.content {
    case .mapping(let entries):
      guard !entries.isEmpty else {
        throw SigmaError(.structure, "\(entry.key): an empty map matches anything", line: node.line)
      }
      var items: [SearchExpression] = []
      for item in entries { items.append(.item(try FieldItem(item, budget: &budget))) }
      self = items.count == 1 ? items[0] : .all(items)
    case .sequence(let nodes):
      guard !nodes.isEmpty else {
        throw SigmaError(.structure, "\(entry.key): an empty list", line: node.line)
      }
      var parts: [SearchExpression] = []
      var keywords: [RuleScalar] = []
      for node in nodes {
        if case .scalar = node.content {
          keywords.append(try RuleScalar(node))
        } else {
          parts.append(try SearchExpression(node, entry: entry, budget: &budget))
        }
      }
      if !keywords.isEmpty {
        parts.insert(.item(try FieldItem(key: "", scalars: keywords, line: entry.line)), at: 0)
      }
      self = parts.count == 1 ? parts[0] : .any(parts)
    case .scalar:
      self = .item(try FieldItem(key: "", scalars: [try RuleScalar(node)], line: entry.line))
    }
  }
}

extension FieldItem {
  /// - Parameter budget: the weight that the rule has left.
  init(_ entry: YAMLNode.Entry, budget: inout Int) throws(SigmaError) {
    var scalars: [RuleScalar] = []
    switch entry.value.content {
    case .scalar: scalars = [try RuleScalar(entry.value)]
    case .sequence(let nodes):
      for node in nodes { scalars.append(try RuleScalar(node, key: entry.key)) }
    case .mapping:
      throw SigmaError(
        .structure, "\(entry.key): a map where a value or a list of values belongs",
        line: entry.value.line)
    }
    try self.init(key: entry.key, scalars: scalars, line: entry.line)
    budget -= weight
    guard budget >= 0 else {
      throw SigmaError(
        .limit, "more comparisons than a rule may have: split it", line: entry.line)
    }
  }
}

extension RuleScalar {
  init(_ node: YAMLNode, key: String = "keywords") throws(SigmaError) {
    guard case .scalar(let text, let isPlain) = node.content else {
      throw SigmaError(
        .structure, "\(key): \(node.kind) where a single value belongs", line: node.line)
    }
    if node.isNull {
      self = .null
    } else if isPlain, ["true", "True", "TRUE"].contains(text) {
      self = .bool(true)
    } else if isPlain, ["false", "False", "FALSE"].contains(text) {
      self = .bool(false)
    } else if isPlain, Number(text) != nil {
      self = .number(text)
    } else {
      self = .text(text)
    }
  }
}
