internal import Sigma

/// Reads the members of one map, by name, with errors that name the key and the line.
struct NodeReader {
  let entries: [YAMLNode.Entry]
  let line: Int
  /// The map's own key, for error texts; empty at the top.
  let path: String

  init(_ node: YAMLNode, path: String = "") throws(SigmaError) {
    guard case .mapping(let entries) = node.content else {
      let name = path.isEmpty ? "the document" : path
      throw SigmaError(.structure, "\(name) is \(node.kind) where a map belongs", line: node.line)
    }
    self.entries = entries
    line = node.line
    self.path = path.isEmpty ? "" : "\(path)."
  }

  func entry(_ key: String) -> YAMLNode.Entry? { entries.first { $0.key == key } }

  func has(_ key: String) -> Bool { entry(key) != nil }

  func node(_ key: String) throws(SigmaError) -> YAMLNode {
    guard let entry = entry(key) else {
      throw SigmaError(.structure, "\(path)\(key) is missing", line: line)
    }
    return entry.value
  }

  func fault(
    _ key: String, _ reason: String, code: SigmaError.Code = .structure
  ) -> SigmaError {
    SigmaError(code, "\(path)\(key): \(reason)", line: entry(key)?.line ?? line)
  }

  /// Nil where the key is absent or null.
  func optionalString(_ key: String) throws(SigmaError) -> String? {
    guard let entry = entry(key), !entry.value.isNull else { return nil }
    guard let text = entry.value.string else {
      throw fault(key, "\(entry.value.kind) where a text belongs")
    }
    return text
  }

  func string(_ key: String) throws(SigmaError) -> String {
    guard let text = try optionalString(key), !text.isEmpty else {
      throw SigmaError(.structure, "\(path)\(key) is missing", line: entry(key)?.line ?? line)
    }
    return text
  }

  /// A list of texts, or one text, of which none is empty; empty where the key is absent or null.
  func names(_ key: String) throws(SigmaError) -> [String] {
    if let entry = entry(key), case .sequence(let items) = entry.value.content,
      let empty = items.first(where: { $0.isNull || $0.string == "" })
    {
      throw SigmaError(
        .structure, "\(path)\(key): an empty item in the list: remove it", line: empty.line)
    }
    let names = try strings(key)
    guard !names.contains("") else { throw fault(key, "empty: remove it") }
    return names
  }

  /// A list of texts, or one text; empty where the key is absent or null. Empty items of a list are
  /// left out.
  func strings(_ key: String) throws(SigmaError) -> [String] {
    guard let entry = entry(key), !entry.value.isNull else { return [] }
    switch entry.value.content {
    case .scalar(let text, _): return [text]
    case .sequence(let items):
      var texts: [String] = []
      for item in items where !item.isNull {
        guard let text = item.string else {
          throw SigmaError(
            .structure, "\(path)\(key): \(item.kind) where a text belongs", line: item.line)
        }
        texts.append(text)
      }
      return texts
    case .mapping: throw fault(key, "a map where a list of texts belongs")
    }
  }

  func bool(_ key: String) throws(SigmaError) -> Bool? {
    guard let text = try optionalString(key) else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw fault(key, "write true or false")
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) throws(SigmaError) -> Choice? where Choice.RawValue == String {
    guard let text = try optionalString(key) else { return nil }
    guard let choice = Choice(rawValue: text.lowercased()) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault(key, "\"\(text)\" is none of \(known)", code: .value)
    }
    return choice
  }

  /// Refuses keys that nothing reads: a typing mistake must not widen a rule.
  func refuseUnknown(except known: Set<String>) throws(SigmaError) {
    guard let odd = entries.first(where: { !known.contains($0.key) }) else { return }
    throw SigmaError(
      .unknownKey,
      "\(path)\(odd.key) is no key here: it may be \(known.sorted().joined(separator: ", "))",
      line: odd.line)
  }
}
