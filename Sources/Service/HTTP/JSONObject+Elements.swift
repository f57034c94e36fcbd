internal import Core
internal import EventScanner

extension JSONObject {
  /// A member of an array: a text, or an object with known members.
  enum Element {
    case text(String)
    case object(JSONObject)
  }

  /// An array of texts and objects; nil where it is absent or null.
  func elements(
    _ name: String, maximumCount: Int, maximumBytes: Int = 1000, allowing allowed: [String]
  ) throws(Problem) -> [Element]? {
    guard let index = node(name) else { return nil }
    guard tape.nodes[index].kind == .array else {
      throw invalid(name, "wrong_type", "must be an array")
    }
    var elements: [Element] = []
    var child = index + 1
    while child < tape.nodes[index].end {
      guard elements.count < maximumCount else {
        throw invalid(name, "too_many", "must have at most \(maximumCount) elements")
      }
      let node = tape.nodes[child]
      let place = "\(pointer(to: name))/\(elements.count)"
      switch node.kind {
      case .object:
        let object = try JSONObject(Array(bytes[node.value]), allowing: allowed, at: place)
        elements.append(.object(object))
      case .string where !node.flags.contains(.containsNUL):
        let text = tape.string(at: child, in: bytes.span.bytes)
        guard text.utf8.count <= maximumBytes else {
          throw .invalidBody([FieldError(pointer: place, code: "too_long", detail: "is too long")])
        }
        elements.append(.text(text))
      default:
        throw .invalidBody([
          FieldError(
            pointer: place, code: "wrong_type", detail: "\(name) has an element of another type")
        ])
      }
      child = node.end
    }
    return elements
  }

  /// Refuses `null` where a member must have a value if it is given.
  func refuseNulls(_ names: String...) throws(Problem) {
    for name in names where has(name) && node(name) == nil {
      throw invalid(name, "wrong_type", "must not be null")
    }
  }

  /// A text of one to `maximum` characters that is not blank; nil where it is absent or null.
  func line(_ name: String, maximum: Int) throws(Problem) -> String? {
    guard let text = try string(name, maximumBytes: maximum * 4) else { return nil }
    guard (1...maximum).contains(text.unicodeScalars.count) else {
      throw invalid(name, "invalid", "must have 1 to \(maximum) characters")
    }
    guard !Self.isBlank(text) else { throw invalid(name, "invalid", "must not be blank") }
    return text
  }

  /// An array of texts as ``line(_:maximum:)`` reads them, each taken once.
  func lines(
    _ name: String, maximumCount: Int, maximum: Int
  ) throws(Problem) -> [String]? {
    guard
      let texts = try strings(name, maximumCount: maximumCount, maximumBytes: maximum * 4)
    else { return nil }
    guard
      texts.allSatisfy({ (1...maximum).contains($0.unicodeScalars.count) && !Self.isBlank($0) })
    else {
      throw invalid(
        name, "invalid", "must hold texts of 1 to \(maximum) characters that are not blank")
    }
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  private static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }
}

extension Schema {
  /// As ``JSONObject/line(_:maximum:)`` reads it. The pattern's characters are Unicode's White_Space.
  static func line(_ maximum: Int) -> Schema {
    .string(
      minimum: 1, maximum: maximum,
      pattern: "[^\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029"
        + "\\u202f\\u205f\\u3000]")
  }
}
