public import Core
internal import Crypto

/// Makes a list's position into text that a client can hand back but not change, and that is good for
/// the same list only.
///
/// The text is base64url of a version byte, the position and the first 16 bytes of an HMAC-SHA256 over
/// version, SHA-256 of the filter, and position.
public struct CursorSigner: Sendable {
  private static let version: UInt8 = 1
  private static let tagLength = 16
  /// The longest text that is looked at.
  public static let maximumLength = 512

  private let key: SymmetricKey

  init(_ signing: SigningKey) {
    key = signing.derived(for: "harrier cursor")
  }

  /// - Parameters:
  ///   - position: what the list needs to go on; at most 300 bytes.
  ///   - filter: the canonical form of everything that the list depends on: the organization, the
  ///     endpoint, each parameter, the order.
  public func sign(_ position: [UInt8], filter: some Sequence<UInt8>) -> String {
    precondition(position.count <= 300, "a position has at most 300 bytes")
    return Base64.urlEncoded([Self.version] + position + tag(position, filter))
  }

  /// The position in a cursor.
  ///
  /// - Throws: the ``Problem`` 400 `cursor_invalid` where it was changed, or made for another list or
  ///   filter.
  public func verify(_ cursor: String, filter: some Sequence<UInt8>) throws(Problem) -> [UInt8] {
    guard cursor.utf8.count <= Self.maximumLength, let bytes = Base64.urlDecoded(cursor.utf8),
      bytes.count > Self.tagLength, bytes[0] == Self.version
    else { throw .cursorInvalid }
    let position = Array(bytes.dropFirst().dropLast(Self.tagLength))
    guard equalInConstantTime(bytes.suffix(Self.tagLength), tag(position, filter)) else {
      throw .cursorInvalid
    }
    return position
  }

  private func tag(_ position: [UInt8], _ filter: some Sequence<UInt8>) -> [UInt8] {
    let text = [Self.version] + sha256(filter) + position
    return Array(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(Self.tagLength))
  }
}

extension Problem {
  static var cursorInvalid: Problem {
    Problem(
      slug: "cursor_invalid", title: "The cursor is not valid", status: 400,
      detail: "a cursor is good for the filter that it was given out for; begin without a cursor",
      errors: [
        FieldError(pointer: "cursor", code: "invalid", detail: "not a cursor for this filter")
      ])
  }
}
