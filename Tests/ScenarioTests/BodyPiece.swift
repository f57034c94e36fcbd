/// A part of a body: text, bytes in hexadecimal, or a text repeated.
enum BodyPiece: Decodable, Sendable {
  case text(String)
  case bytes([UInt8])
  case repeated(String, count: Int)

  /// `"text"`, `{"hex": "ff00"}` or `{"repeat": "[", "count": 100000}`.
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(JSONValue.self)
    if case .string(let text) = value {
      self = .text(text)
    } else if case .string(let digits)? = value.at("/hex") {
      self = .bytes(try Self.bytes(digits))
    } else if case .string(let text)? = value.at("/repeat"),
      case .number(let count)? = value.at("/count")
    {
      self = .repeated(text, count: Int(count))
    } else {
      throw ScenarioError("a piece of a body is a text, hex, or repeat with count")
    }
  }

  /// Calls `take` with pieces of at most a megabyte or so, however large the whole is.
  func forEachChunk(_ variables: Variables, _ take: ([UInt8]) throws -> Void) throws {
    switch self {
    case .text(let text): try take(Array(variables.fill(text).utf8))
    case .bytes(let bytes): try take(bytes)
    case .repeated(let text, let count):
      let unit = Array(text.utf8)
      let perChunk = max(1, (1 << 20) / unit.count)
      let chunk = Array(repeatElement(unit, count: min(count, perChunk)).joined())
      for _ in 0..<count / perChunk { try take(chunk) }
      let rest = count < perChunk ? count : count % perChunk
      try take(Array(chunk.prefix(rest * unit.count)))
    }
  }

  private static func bytes(_ digits: String) throws -> [UInt8] {
    let characters = Array(digits)
    return try stride(from: 0, to: characters.count, by: 2).map { index in
      guard index + 1 < characters.count,
        let byte = UInt8(String(characters[index...index + 1]), radix: 16)
      else { throw ScenarioError("\(digits) is not hexadecimal") }
      return byte
    }
  }
}
