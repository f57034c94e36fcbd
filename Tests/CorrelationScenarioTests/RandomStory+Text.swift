import Core
import Sigma

extension RandomStory {
  /// The rules as a file has them, references by name or id at random.
  func text(_ random: inout some RandomNumberGenerator) -> String {
    var documents: [String] = []
    for rule in Self.rules {
      documents.append(
        """
        title: \(rule)
        id: id-\(rule)
        name: \(rule)
        logsource: {category: test}
        detection:
          selection: {is_\(rule): '1'}
          condition: selection
        """)
    }
    for correlation in correlations { documents.append(text(correlation, &random)) }
    return documents.shuffled(using: &random).joined(separator: "\n---\n")
  }

  private func text(
    _ correlation: Correlation, _ random: inout some RandomNumberGenerator
  ) -> String {
    func reference(_ rule: String) -> String {
      Bool.random(using: &random) ? rule : "id-\(rule)"
    }
    let names = Dictionary(
      uniqueKeysWithValues: Set(correlation.rules).sorted().map { ($0, reference($0)) })
    var lines = [
      "title: \(correlation.name)", "id: id-\(correlation.name)", "name: \(correlation.name)",
      "correlation:", "  type: \(correlation.type)",
      "  rules: [\(correlation.rules.map { names[$0]! }.joined(separator: ", "))]",
      "  timespan: \(correlation.seconds)s",
    ]
    if !correlation.groupBy.isEmpty {
      lines.append("  group-by: [\(correlation.groupBy.joined(separator: ", "))]")
    }
    if correlation.generates { lines.append("  generate: true") }
    for (alias, fields) in correlation.aliases {
      lines.append("  aliases:")
      lines.append("    \(alias):")
      for (rule, field) in fields.sorted(by: { $0.key < $1.key }) {
        lines.append("      \(reference(rule)): \(field)")
      }
    }
    switch correlation.condition {
    case .none: break
    case .expression(let expression): lines.append("  condition: \(Self.text(expression))")
    case .comparison(let terms, let fields, let percentile):
      lines.append("  condition:")
      for (comparison, value) in terms { lines.append("    \(comparison): \(Int(value))") }
      if let percentile { lines.append("    percentile: \(percentile)") }
      if fields.count == 1 { lines.append("    field: \(fields[0])") }
      if fields.count > 1 { lines.append("    field: [\(fields.joined(separator: ", "))]") }
    }
    return lines.joined(separator: "\n")
  }

  private static func text(_ expression: Expression) -> String {
    switch expression {
    case .rule(let name): name
    case .not(let part): "not \(text(part))"
    case .and(let parts): "(\(parts.map(text).joined(separator: " and ")))"
    case .or(let parts): "(\(parts.map(text).joined(separator: " or ")))"
    }
  }
}
