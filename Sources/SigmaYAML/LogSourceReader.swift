internal import Core
internal import Sigma

extension LogSource {
  init(_ node: YAMLNode) throws(SigmaError) {
    let reader = try NodeReader(node, path: "logsource")
    for entry in reader.entries {
      guard let meant = Self.misspelt(entry.key) else { continue }
      throw SigmaError(
        .unknownKey, "logsource.\(entry.key) is no key here: did you mean \(meant)?",
        line: entry.line)
    }
    func attribute(_ key: String) throws(SigmaError) -> String? {
      guard let text = try reader.optionalString(key) else { return nil }
      guard !text.isEmpty else { throw reader.fault(key, "empty: remove it") }
      return text.lowercased()
    }
    self.init(
      category: try attribute("category"), product: try attribute("product"),
      service: try attribute("service"))
    if category == nil, product == nil, service == nil {
      throw SigmaError(
        .structure, "logsource names neither category, product nor service", line: node.line)
    }
  }

  private static let keys = ["category", "product", "service", "definition"]

  /// The key that `key` seems to mean. Other elements are allowed and say nothing to an evaluation
  /// (specification 2.1, "LogSource"), but a typing mistake must not widen a rule.
  private static func misspelt(_ key: String) -> String? {
    guard !keys.contains(key) else { return nil }
    let lowered = key.lowercased()
    return keys.first { known in
      (lowered.utf8.count > 2 && known.hasPrefix(lowered))
        || distance(Array(lowered.utf8), Array(known.utf8)) <= 2
    }
  }

  /// How many bytes have to be put in, taken out or changed (Levenshtein).
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    guard one.count <= other.count + 2 else { return .max }
    var row = Array(0...other.count)
    for (index, byte) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in other.indices {
        let change = diagonal + (byte == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, min(row[column], diagonal) + 1)
      }
    }
    return row[other.count]
  }
}
