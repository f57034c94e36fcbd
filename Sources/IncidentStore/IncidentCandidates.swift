/// Where one way of reading a list gives way to another. Of a million incidents a look into an index for
/// each of many costs about 3 µs, one step in the order of an index 0.15 µs, and remembering the number of
/// one that has a term 0.3 µs.
struct IncidentListLimits {
  /// Up to this many candidates are read one by one and sorted.
  var few = 2500
  /// So far candidates are counted, to begin with the condition that has the fewest; those of one that has
  /// fewer can be remembered.
  var counted: Int64 = 16_000
  /// So many incidents a walk in the list's order passes before it gives up.
  var walked = 100_000
  /// Up to this many that were changed lately are sorted, where all of a list's range would have to be looked
  /// for among those that were not.
  var changed: Int64 = 50_000
  /// How densely the incidents of a condition lie is read from where its first so many lie.
  var reach = 500
  /// A walk that is expected to find a page in so many steps is gone before candidates are counted.
  var near = 80_000

  static let standard = IncidentListLimits()
}

/// How many incidents fulfil each condition of a filter, as far as it was counted.
struct IncidentCandidates {
  /// Of each term; empty where none was counted.
  private(set) var terms: [Int64] = []
  /// Of those changed lately, where that is a condition.
  private(set) var changed: Int64?

  /// Nothing was counted.
  static let unknown = IncidentCandidates()

  private init() {}

  /// - Parameter counts: of the terms, and then of those changed lately.
  init(_ counts: [Int64], ofTerms count: Int) {
    terms = Array(counts.prefix(count))
    changed = counts.count > count ? counts[count] : nil
  }

  /// The term that the fewest have, by its place.
  var rarest: (place: Int, count: Int64)? {
    terms.enumerated().min { $0.element < $1.element }.map { (place: $0.offset, count: $0.element) }
  }
}
