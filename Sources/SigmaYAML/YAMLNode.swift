/// A YAML node as rules need it: text, lists and maps with their lines, aliases already followed.
struct YAMLNode: Sendable {
  indirect enum Content: Sendable {
    /// `isPlain` is false for quoted and block scalars, which are never null, number or boolean.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    let key: String
    let value: YAMLNode
    let line: Int
  }

  let content: Content
  /// In its file, from 1.
  let line: Int
}

extension YAMLNode {
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text.lowercased() == "null"
  }

  /// What the value is called in error texts.
  var kind: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a single value"
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }

  /// The text of a scalar that is not null.
  var string: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }
}
