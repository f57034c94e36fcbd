internal import Sigma

extension CorrelationRule {
  private static let keys: Set<String> = [
    "type", "rules", "aliases", "group-by", "timespan", "condition", "generate",
  ]

  init(_ document: NodeReader, location: RuleLocation) throws(SigmaError) {
    let metadata = try RuleMetadata(document)
    let reader = try NodeReader(try document.node("correlation"), path: "correlation")
    try reader.refuseUnknown(except: Self.keys)
    guard let kind = try reader.choice("type", of: Kind.self) else {
      throw SigmaError(.structure, "correlation.type is missing", line: reader.line)
    }
    var generate = try document.bool("generate") ?? false
    if let inner = try reader.bool("generate") { generate = inner }
    let timespan: Int64
    do throws(SigmaError) {
      timespan = try Timespan.microseconds(try reader.string("timespan"))
    } catch {
      throw error.at(line: reader.entry("timespan")?.line)
    }
    var rules = try reader.names("rules")
    let condition = try CorrelationCondition(reader, kind: kind, rules: &rules)
    guard !rules.isEmpty else {
      throw reader.fault("rules", "missing: name the rules to correlate")
    }
    if let twice = rules.first(where: { rule in rules.filter { $0 == rule }.count > 1 }),
      kind != .temporalOrdered
    {
      throw reader.fault("rules", "\"\(twice)\" stands twice", code: .duplicate)
    }
    guard rules.count <= Self.maximumRules else {
      throw reader.fault(
        "rules",
        "\(rules.count) rules, and at most \(Self.maximumRules) can be told apart: split it",
        code: .limit)
    }
    let groupBy = try reader.names("group-by")
    if Set(groupBy).count != groupBy.count {
      throw reader.fault("group-by", "a field stands twice", code: .duplicate)
    }
    self.init(
      id: metadata.identity, name: metadata.name, title: metadata.title,
      description: metadata.description, status: metadata.status, level: metadata.level ?? .medium,
      author: metadata.author, date: metadata.date, references: metadata.references,
      tags: metadata.tags, falsePositives: metadata.falsePositives, kind: kind, rules: rules,
      groupBy: groupBy, timespanMicroseconds: timespan, condition: condition,
      aliases: try Self.aliases(reader), generate: generate, location: location)
  }

  /// Which rules the keys mean is resolved with the other references.
  private static func aliases(
    _ reader: NodeReader
  ) throws(SigmaError) -> [String: [String: String]] {
    guard let entry = reader.entry("aliases"), !entry.value.isNull else { return [:] }
    var aliases: [String: [String: String]] = [:]
    for alias in try NodeReader(entry.value, path: "correlation.aliases").entries {
      let path = "correlation.aliases.\(alias.key)"
      let fields = try NodeReader(alias.value, path: path)
      for field in fields.entries {
        aliases[alias.key, default: [:]][field.key] = try fields.string(field.key)
      }
    }
    return aliases
  }
}

extension CorrelationCondition {
  /// `rules` may be left out where an extended condition names them.
  init(
    _ reader: NodeReader, kind: CorrelationRule.Kind, rules: inout [String]
  ) throws(SigmaError) {
    guard let entry = reader.entry("condition"), !entry.value.isNull else {
      guard kind.isTemporal else {
        throw SigmaError(.structure, "correlation.condition is missing", line: reader.line)
      }
      // A sequence may ask for a rule twice.
      let steps = kind == .temporalOrdered ? rules.count : Set(rules).count
      let count = Number.integer(Int64(steps))
      self = .comparison(CorrelationComparison(terms: [.init(.gte, count)]))
      return
    }
    if let text = entry.value.string {
      self = .expression(try Self.expression(text, reader, kind: kind, rules: &rules))
    } else {
      let comparison = try CorrelationComparison(
        try NodeReader(entry.value, path: "correlation.condition"), kind: kind)
      guard kind != .temporalOrdered || comparison.asks(forAll: rules) else {
        throw reader.fault(
          "condition",
          "temporal_ordered asks for all rules in their order: leave the condition out",
          code: .unsupported)
      }
      self = .comparison(comparison)
    }
  }

  private static func expression(
    _ text: String, _ reader: NodeReader, kind: CorrelationRule.Kind, rules: inout [String]
  ) throws(SigmaError) -> CorrelationExpression {
    guard kind.isTemporal else {
      throw reader.fault("condition", "an expression is for temporal correlations only")
    }
    guard kind != .temporalOrdered else {
      throw reader.fault(
        "condition", "an expression over rules has no order: use type temporal", code: .unsupported)
    }
    let expression: CorrelationExpression
    do throws(SigmaError) {
      expression = try CorrelationExpression(parsing: text)
    } catch {
      throw error.at(line: reader.entry("condition")?.line)
    }
    if rules.isEmpty { rules = expression.references }
    return expression
  }
}

extension CorrelationComparison {
  init(_ reader: NodeReader, kind: CorrelationRule.Kind) throws(SigmaError) {
    try reader.refuseUnknown(
      except: Set(ComparisonOperator.allCases.map(\.rawValue) + ["field", "percentile"]))
    var terms: [Term] = []
    for comparison in ComparisonOperator.allCases where reader.has(comparison.rawValue) {
      guard let value = Number(try reader.string(comparison.rawValue)) else {
        throw reader.fault(comparison.rawValue, "no number", code: .value)
      }
      terms.append(Term(comparison, value))
    }
    guard (1...2).contains(terms.count) else {
      throw SigmaError(
        .structure, "correlation.condition has \(terms.count) comparisons: one, or two for a range",
        line: reader.line)
    }
    let fields = try reader.names("field")
    guard kind.readsValues != fields.isEmpty else {
      throw SigmaError(
        .structure,
        kind.readsValues
          ? "correlation.condition.field is missing: name the field whose values are meant"
          : "correlation.condition.field is not for \(kind.rawValue)", line: reader.line)
    }
    if fields.count > 1, kind != .valueCount {
      throw reader.fault("field", "\(kind.rawValue) reads one field")
    }
    self.init(terms: terms, fields: fields, percentile: try Self.percentile(reader, kind))
  }

  private static func percentile(
    _ reader: NodeReader, _ kind: CorrelationRule.Kind
  ) throws(SigmaError) -> Double? {
    guard kind == .valuePercentile else {
      guard !reader.has("percentile") else {
        throw reader.fault("percentile", "only for value_percentile")
      }
      return nil
    }
    guard let value = Number(try reader.string("percentile"))?.double, (0...100).contains(value)
    else { throw reader.fault("percentile", "a number from 0 to 100", code: .value) }
    return value
  }
}
