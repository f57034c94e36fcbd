internal import Core
internal import HTTPTypes
internal import Postgres

/// What a reader must see at least: `Harrier-Min-Position`, with the `Harrier-Position` of an answer
/// that he has.
///
/// A position is a snapshot of PostgreSQL's. An answer of the cache is given only if its own snapshot
/// includes it; else the database is asked, so whoever hands on the position of a change never sees
/// the state before it, on no node and whatever becomes of Redis.
struct ReadPosition {
  private let minimum: PostgresSnapshot?

  /// - Throws: the ``Problem`` 400 `invalid_header`.
  init(_ headers: HTTPFields) throws(Problem) {
    guard headers.contains(.minimumPosition) else {
      minimum = nil
      return
    }
    // Of several, no one would know which is meant.
    let texts = headers[values: .minimumPosition]
    guard texts.count == 1, let snapshot = PostgresSnapshot(texts[0]) else {
      throw Problem(
        slug: "invalid_header", title: "A header is not valid", status: 400,
        detail: "Harrier-Min-Position must be the Harrier-Position of one answer",
        errors: [
          FieldError(
            pointer: "Harrier-Min-Position", code: "invalid", detail: "not a position")
        ])
    }
    minimum = snapshot
  }

  /// Whether an answer of this snapshot shows enough.
  func isMet(by snapshot: String?) -> Bool {
    guard let minimum else { return true }
    return snapshot.flatMap { PostgresSnapshot($0) }?.includes(minimum) ?? false
  }
}

extension HTTPField.Name {
  static let minimumPosition = HTTPField.Name("Harrier-Min-Position")!
  static let position = HTTPField.Name("Harrier-Position")!
}
