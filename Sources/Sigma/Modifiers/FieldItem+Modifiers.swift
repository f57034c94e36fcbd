extension FieldItem {
  public static let maximumValues = 20_000

  /// Builds an item from a rule's key, such as `CommandLine|contains|all`, and its value or values.
  ///
  /// - Parameter key: an empty field before the modifiers, or an empty key, is a keyword.
  /// - Throws: `SigmaError` naming the key.
  public init(
    key: String, scalars: [RuleScalar], line: Int
  ) throws(SigmaError) {
    var parts = key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let field = parts.removeFirst()
    let label = field.isEmpty ? (key.isEmpty ? "keywords" : key) : field
    func fault(_ error: SigmaError) -> SigmaError {
      SigmaError(error.code, "\(label): \(error.message)", line: error.line ?? line)
    }
    guard !scalars.isEmpty else {
      throw fault(SigmaError(.structure, "an empty list: give it a value"))
    }
    guard scalars.count <= Self.maximumValues else {
      throw fault(SigmaError(.limit, "more than \(Self.maximumValues) values"))
    }
    self.init(
      field: field.isEmpty ? nil : field, modifiers: parts, values: [],
      requiresAll: parts.contains("all"), isNegated: parts.contains("neq"), line: line)
    var chain: [(name: String, modifier: any Modifier)] = []
    for name in parts where name != "all" && name != "neq" {
      guard let modifier = ModifierRegistry.modifiers[name] else {
        throw fault(SigmaError(.unknownModifier, "unknown modifier \"\(name)\""))
      }
      chain.append((name, modifier))
    }
    if let twice = Set(parts).first(where: { name in parts.filter { $0 == name }.count > 1 }) {
      throw fault(SigmaError(.modifierMisuse, "the modifier \(twice) stands twice"))
    }
    if requiresAll, scalars.count < 2 {
      throw fault(
        SigmaError(.modifierMisuse, "all needs a list of at least two values: remove it"))
    }
    var weight = 0
    do throws(SigmaError) {
      for scalar in scalars {
        let alternatives = try Self.alternatives(scalar, chain, isKeyword: field.isEmpty)
        values.append(FieldValue(text: scalar.text, alternatives: alternatives))
        weight += FieldItem(field: nil, values: [values[values.count - 1]]).weight
        guard weight <= Detection.maximumWeight else {
          throw SigmaError(.limit, "more comparisons than a rule may have: split it")
        }
      }
    } catch {
      throw fault(error)
    }
  }

  private static func alternatives(
    _ scalar: RuleScalar, _ chain: [(name: String, modifier: any Modifier)], isKeyword: Bool
  ) throws(SigmaError) -> [Predicate] {
    var values = [ModifierValue(scalar)]
    for (name, modifier) in chain {
      var next: [ModifierValue] = []
      for value in values {
        for var result in try modifier.apply(to: value) {
          result.applied.append(name)
          next.append(result)
        }
      }
      values = next
    }
    var predicates: [Predicate] = []
    for value in values {
      predicates.append(try isKeyword ? value.keyword() : value.predicate())
    }
    return predicates
  }
}

extension ModifierValue {
  fileprivate func predicate() throws(SigmaError) -> Predicate {
    switch content {
    case .text(let pattern, let original):
      guard pattern.isUTF8 else {
        throw SigmaError(
          .modifierMisuse,
          "\"\(original)\" in UTF-16 is no text: put base64 or base64offset behind the modifier")
      }
      return .text(pattern)
    case .null: return .null
    case .bool(let value): return .text(TextPattern(literal: value ? "true" : "false"))
    case .regex(let regex): return .regex(regex)
    case .predicate(let predicate): return predicate
    case .number(let comparison, let number): return .compare(comparison, number)
    case .datePart(let part, let comparison, let number):
      return .datePart(part, comparison, number)
    case .field(let reference): return .field(reference)
    }
  }

  /// A keyword is sought anywhere in the event's text.
  fileprivate func keyword() throws(SigmaError) -> Predicate {
    switch try predicate() {
    case .text(var pattern):
      if applied.contains("startswith") || applied.contains("endswith") {
        throw SigmaError(.modifierMisuse, "a keyword has no start or end: name a field")
      }
      pattern.prepend(.many)
      pattern.append(.many)
      guard pattern.parts.count > 1 else {
        throw SigmaError(.value, "an empty keyword is in every event")
      }
      return .text(pattern)
    case .regex(let regex): return .regex(regex)
    default:
      throw SigmaError(.modifierMisuse, "a keyword is a text or a regular expression: name a field")
    }
  }
}
