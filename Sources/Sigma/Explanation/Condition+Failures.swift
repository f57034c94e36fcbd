extension Condition {
  /// The condition's value, from those of the searches.
  func holds(_ searches: [Bool]) -> Bool {
    switch self {
    case .search(let index): searches[index]
    case .and(let parts): parts.allSatisfy { $0.holds(searches) }
    case .or(let parts): parts.contains { $0.holds(searches) }
    case .not(let part): !part.holds(searches)
    case .atLeast(let count, let indices): indices.count { searches[$0] } >= count
    }
  }

  /// The searches that keep the condition from holding, with what each would have to be, in the order
  /// in which the condition names them; none where it holds.
  func failures(_ searches: [Bool]) -> [(search: Int, wanted: Bool)] {
    var found: [(search: Int, wanted: Bool)] = []
    collect(wanted: true, searches, &found)
    return found
  }

  private func collect(
    wanted: Bool, _ searches: [Bool], _ found: inout [(search: Int, wanted: Bool)]
  ) {
    guard holds(searches) != wanted else { return }
    switch self {
    case .search(let index): Self.note(index, wanted, &found)
    case .and(let parts), .or(let parts):
      for part in parts { part.collect(wanted: wanted, searches, &found) }
    case .not(let part): part.collect(wanted: !wanted, searches, &found)
    case .atLeast(_, let indices):
      for index in indices where searches[index] != wanted { Self.note(index, wanted, &found) }
    }
  }

  private static func note(
    _ index: Int, _ wanted: Bool, _ found: inout [(search: Int, wanted: Bool)]
  ) {
    if !found.contains(where: { $0.search == index && $0.wanted == wanted }) {
      found.append((index, wanted))
    }
  }
}
