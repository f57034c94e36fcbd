internal import Core

extension EventQuery: CustomStringConvertible {
  /// The query as text that is read back as the same query.
  public var description: String {
    switch self {
    case .test(let field, let test): test.text(of: field)
    case .not(let query): "-" + query.term
    case .and(let queries): queries.map(\.term).joined(separator: " ")
    case .or(let queries): queries.map(\.term).joined(separator: " or ")
    }
  }

  /// In parentheses where it is more than one term.
  private var term: String {
    switch self {
    case .test, .not: description
    case .and, .or: "(\(self))"
    }
  }
}

extension EventTest {
  fileprivate func text(of field: EventField) -> String {
    let name = field.rawValue
    switch self {
    case .present: return "has:\(name)"
    case .equals(let text): return "\(name):\(Self.quoted(text))"
    case .matches(let pattern):
      let pieces = pattern.pieces.map { $0.isEmpty ? "" : Self.quoted($0) }
      return "\(name):\(pieces.joined(separator: "*"))"
    case .contains(let text): return Self.quoted(text)
    case .within(let range):
      if range.count == 1 { return "\(name):\(range.lowerBound)" }
      return "\(name):\(range.lowerBound)..\(range.upperBound)"
    case .address(let address): return "\(name):\(address)"
    case .network(let network): return "\(name):\(network)"
    case .during(let range): return "\(name):\(range.lowerBound)..\(range.upperBound)"
    case .identifier(let id): return "\(name):\(id)"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
