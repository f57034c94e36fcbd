/// Why a text is no query.
public struct EventQueryError: Error, Sendable, Equatable {
  /// The character at which it was seen, from 1.
  public var position: Int
  /// What was expected there.
  public var message: String

  init(_ position: Int, _ message: String) {
    self.position = position
    self.message = message
  }

  /// What every message says of the fields.
  public static let knownFields = "fields are \(EventField.knownNames)"
}

extension EventQueryError: CustomStringConvertible {
  public var description: String { "at character \(position): \(message)" }
}
