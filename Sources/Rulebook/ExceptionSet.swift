internal import Core
internal import Normalization
internal import RuleStore
internal import Sigma

/// An organization's exceptions, ready to be asked about hits.
///
/// It is asked only where a rule has hit: most exceptions are found by the event's addresses, host and
/// user or by the rule, so that their number costs little.
final class ExceptionSet: Sendable {
  struct Exception: Sendable {
    let id: Int64
    /// Nil for all.
    let ruleID: String?
    let expiresAt: Timestamp
    /// Its search, by the index in `searches`.
    let search: Int?
  }

  enum Entity: Hashable, Sendable {
    case ip(IPAddress)
    /// In lower case.
    case host(String)
    case user(String)
  }

  let exceptions: [Exception]
  /// Their searches, as rules for any log source; nil where none has one.
  let searches: RuleLayer?
  /// Indices of the exceptions for one entity, of any or of one rule.
  private let byEntity: [Entity: [Int]]
  /// Of those for one rule and no entity.
  private let byRule: [String: [Int]]
  /// Of those for neither.
  private let open: [Int]
  /// For each rule the correlations that it feeds, directly or by way of others.
  private let feeds: [String: [String]]

  init(
    exceptions: [Exception], entities: [Entity?], searches: [Rule], feeds: [String: [String]]
  ) {
    self.exceptions = exceptions
    self.feeds = feeds
    self.searches = searches.isEmpty ? nil : RuleLayer(searches)
    var byEntity: [Entity: [Int]] = [:]
    var byRule: [String: [Int]] = [:]
    var open: [Int] = []
    for (index, exception) in exceptions.enumerated() {
      if let entity = entities[index] {
        byEntity[entity, default: []].append(index)
      } else if let rule = exception.ruleID {
        byRule[rule, default: []].append(index)
      } else {
        open.append(index)
      }
    }
    self.byEntity = byEntity
    self.byRule = byRule
    self.open = open
  }

  /// Notes on the hits of one event, from `first`, which exceptions hold and for what.
  ///
  /// - Parameter searchPosition: where the scratch has the searches' memory.
  func mark(
    _ hits: inout [DetectionHit], from first: Int, event: NormalizedEvent, receivedAt: Timestamp,
    scratch: inout DetectorScratch, searchPosition: Int
  ) {
    let ofEvent = open + entities(of: event.columns).flatMap { byEntity[$0] ?? [] }
    guard !ofEvent.isEmpty || !byRule.isEmpty else { return }
    var matched: Set<Int>?
    func holds(_ exception: Exception) -> Bool {
      guard receivedAt < exception.expiresAt else { return false }
      guard let search = exception.search, let searches else { return true }
      if let matched { return matched.contains(search) }
      let slot = scratch.positions[searchPosition]
      let found = Set(
        searches.matcher.match(event.fields, scratch: &scratch.slots[slot].matcher))
      matched = found
      return found.contains(search)
    }
    for hit in hits.indices[first...] {
      let rule = hits[hit].rule.id
      let fed = feeds[rule] ?? []
      let ofRule = ([rule] + fed).flatMap { byRule[$0] ?? [] }
      var ids: [Int64] = []
      var covered: Set<String> = []
      for index in ofEvent + ofRule {
        let exception = exceptions[index]
        let reach = Self.reach(of: exception, rule, fed)
        guard !reach.isEmpty, holds(exception) else { continue }
        if !ids.contains(exception.id) { ids.append(exception.id) }
        covered.formUnion(reach)
      }
      guard !ids.isEmpty else { continue }
      hits[hit].exceptions = ids.sorted()
      hits[hit].excepted = ([rule] + fed).filter(covered.contains)
    }
  }

  /// For what a hit of `rule` would not count.
  private static func reach(
    of exception: Exception, _ rule: String, _ fed: [String]
  ) -> [String] {
    guard let wanted = exception.ruleID else { return [rule] + fed }
    return wanted == rule || fed.contains(wanted) ? [wanted] : []
  }

  private func entities(of columns: EventColumns) -> [Entity] {
    guard !byEntity.isEmpty else { return [] }
    var found: [Entity] = []
    if let address = columns.srcIP { found.append(.ip(address)) }
    if let address = columns.dstIP, address != columns.srcIP { found.append(.ip(address)) }
    if let host = columns.host { found.append(.host(host.lowercased())) }
    if let user = columns.user { found.append(.user(user.lowercased())) }
    return found
  }
}
