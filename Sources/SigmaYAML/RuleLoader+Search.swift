internal import Core
public import Sigma

extension RuleLoader {
  /// Reads one search, as it stands in a rule's `detection`, from JSON: an object of fields with their
  /// modifiers and values, which must all hold, or a list of such, of which one must.
  ///
  /// - Throws: `SigmaError`, also for a search of more than `limit` comparisons.
  public func search(json text: String, limit: Int) throws(SigmaError) -> Detection {
    guard text.utf8.count <= limits.bytesPerFile else {
      throw SigmaError(.limit, "match: larger than \(limits.bytesPerFile) bytes")
    }
    let begin = text.utf8.first { $0 > 0x20 }
    guard begin == UInt8(ascii: "{") || begin == UInt8(ascii: "[") else {
      throw SigmaError(.structure, "match: an object of fields and values, or a list of such")
    }
    // JSON is YAML but for pairs of escaped surrogates.
    let document = YAMLDocument(text: JSONSurrogates.written(out: text), line: 1)
    guard let node = try document.parse(limits: limits) else {
      throw SigmaError(.structure, "match: empty, which would hold for any event")
    }
    var budget = limit
    let entry = YAMLNode.Entry(key: "match", value: node, line: 1)
    let expression = try SearchExpression(node, entry: entry, budget: &budget)
    return Detection(
      searches: [Search(identifier: "match", expression: expression, line: 1)],
      condition: .search(0), conditionText: "match")
  }
}

/// Writes `\ud83d\ude00` of JSON as the character that it stands for.
enum JSONSurrogates {
  static func written(out text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      if let high = unit(bytes, index), UTF16.isLeadSurrogate(high),
        let low = unit(bytes, index + 6), UTF16.isTrailSurrogate(low)
      {
        result += String(decoding: [high, low], as: UTF16.self).utf8
        index += 12
      } else {
        result += bytes[index...index + 1]
        index += 2
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The code unit that is escaped at `start`.
  private static func unit(_ bytes: [UInt8], _ start: Int) -> UInt16? {
    guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"),
      bytes[start + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt16(String(decoding: bytes[start + 2..<start + 6], as: UTF8.self), radix: 16)
  }
}
