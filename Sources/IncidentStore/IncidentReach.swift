/// How densely the incidents of each condition of a filter lie where a list begins.
///
/// It is read from where the first few of each lie, and so costs little however many there are; and it says
/// more about a walk in the list's order than how many there are anywhere.
struct IncidentReach {
  /// The part of the incidents that has each term.
  let densities: [Double]

  /// - Parameters:
  ///   - numbers: the number of the first incident of the organization, in the order of the list, and of
  ///     each value's `reach`-th; nil where there are fewer.
  ///   - terms: whose values these are, one after the other.
  /// - Returns: nil where a term has too few incidents to tell.
  init?(_ numbers: [Int64?], of terms: [IncidentTerm], reach: Int) {
    guard let first = numbers.first ?? nil else { return nil }
    var densities: [Double] = []
    var rest = numbers.dropFirst()
    for term in terms {
      let found = rest.prefix(term.values.count).compactMap(\.self)
      rest = rest.dropFirst(term.values.count)
      guard !found.isEmpty else { return nil }
      densities.append(
        min(1, found.reduce(0) { $0 + Double(reach) / Double(abs(first - $1) + 1) }))
    }
    self.densities = densities
  }

  /// What finds the candidates of a first page, where that is plain.
  ///
  /// - Parameter isActive: whether the index of active incidents will do.
  func driver(
    _ terms: [IncidentTerm], _ sort: IncidentSort, isActive: Bool, limit: Int,
    _ limits: IncidentListLimits
  ) -> IncidentListQuery.Driver? {
    if sort.key == .createdAt {
      return zip(terms, densities).min { $0.1 < $1.1 }.map { .ordered($0.0) }
    }
    var (steps, looks) = (Double(limit), Double(limit))
    for (term, density) in zip(terms, densities) {
      steps /= density
      if !term.isInIndexes { looks /= density }
    }
    if terms.allSatisfy({ $0.isInIndexes || $0.isMasked }) { looks /= IncidentTerm.maskGain }
    // In steps: one look costs as much as twenty.
    return steps + 20 * looks <= Double(limits.near) ? (isActive ? .active : .order) : nil
  }
}
