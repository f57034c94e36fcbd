internal import Core

/// An email address as a login name: without blanks around it, in lower case.
public struct Email: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String

  /// Nil unless it has the outline of an address: something, one `@`, something, no blanks or control
  /// characters, at most 254 bytes (RFC 5321 §4.5.3.1.3).
  public init?(rawValue: String) {
    let text = rawValue.lowercased()
    let scalars = text.unicodeScalars
    let trimmed = scalars.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    var result = String.UnicodeScalarView()
    result.append(contentsOf: trimmed)
    let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), String(result).utf8.count <= 254,
      trimmed.allSatisfy({
        !$0.properties.isWhitespace && $0.properties.generalCategory != .control
      })
    else { return nil }
    self.rawValue = String(result)
  }

  public var description: String { rawValue }

  static func read(_ text: String) throws(Problem) -> Email {
    guard let email = Email(rawValue: text) else {
      throw .invalid("email", "invalid", "email must be an address such as anna@example.org")
    }
    return email
  }
}
