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

  /// What finds the first page, if the walk to its end may be expected to be short. It is given up after
  /// four times as many steps: conditions may exclude each other.
  ///
  /// - Parameter isActive: whether the index of active incidents will do.
  func driver(
    _ terms: [IncidentTerm], _ sort: IncidentSort, isActive: Bool, limit: Int,
    _ limits: IncidentListLimits
  ) -> IncidentListQuery.Driver? {
    let page = Double(limit)
    if sort.key == .createdAt {
      // Of several values each is a list of its own, and these reach back differently far.
      let single = zip(terms, densities).filter { $0.0.values.count == 1 }
      guard let (term, density) = single.min(by: { $0.1 < $1.1 }) else { return nil }
      let steps = page / densities.reduce(1, *) * density
      guard Self.look * steps <= Double(limits.near) else { return nil }
      return .nearOf(term, steps: Self.bound(steps, limits))
    }
    let steps = page / densities.reduce(1, *)
    var looks = zip(terms, densities).reduce(page) { $1.0.isInIndexes ? $0 : $0 / $1.1 }
    if terms.allSatisfy({ $0.isInIndexes || $0.isMasked }) { looks /= IncidentTerm.maskGain }
    guard steps + Self.look * looks <= Double(limits.near) else { return nil }
    return .near(ofActive: isActive, steps: Self.bound(steps, limits))
  }

  /// A look into the terms of one incident costs as much as so many steps.
  private static let look = 20.0

  private static func bound(_ steps: Double, _ limits: IncidentListLimits) -> Int {
    Int(min(Double(limits.walked), 4 * steps + 1))
  }
}
