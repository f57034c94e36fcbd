internal import Core

/// The members of a list's items that a client asks for with `fields=id,title`.
struct FieldSelection: Sendable, Hashable {
  /// Nil is all that the list shows by itself.
  let names: Set<String>?

  static let all = FieldSelection(names: nil)

  private init(names: Set<String>?) {
    self.names = names
  }

  /// - Parameter known: the members that there are.
  /// - Throws: the ``Problem`` 400 `invalid_parameter` that names one that there is not.
  init(_ query: QueryReader, of known: some Sequence<String>) throws(Problem) {
    guard let names = try query.list("fields") else {
      self = .all
      return
    }
    let known = Set(known)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw QueryReader.invalid(
        "fields",
        "has no member \(unknown.prefix(64)); there are \(known.sorted().joined(separator: ", "))")
    }
    self.names = Set(names)
  }

  func contains(_ name: String) -> Bool { names?.contains(name) ?? true }

  /// The same text for the same members, for the keys of caches and cursors.
  var canonical: String { names.map { $0.sorted().joined(separator: ",") } ?? "-" }
}

extension Endpoint.Parameter {
  /// `fields` for a list whose items have these members.
  static func fields(of names: some Sequence<String>) -> Self {
    .query(
      "fields", "The members to show, with commas between them; without it all.",
      .choices(names.sorted()))
  }
}
