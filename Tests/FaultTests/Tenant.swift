/// An organization of the fault tests.
struct Tenant: Hashable, Sendable {
  /// Its number in the database; the remainder by 16 is its shard.
  var id: Int
  /// Its part of the events, against the others'.
  var weight: Int

  var slug: String { "tenant-\(id)" }

  /// Shards 0, 1, 4, 7, 10 and 13: two nodes that share them both have work.
  static let all = [
    Tenant(id: 1, weight: 5), Tenant(id: 4, weight: 1), Tenant(id: 7, weight: 2),
    Tenant(id: 10, weight: 4), Tenant(id: 13, weight: 2), Tenant(id: 16, weight: 1),
  ]

  /// How many of `count` events each has; the first takes what can't be shared out.
  static func shares(of count: Int) -> [(tenant: Tenant, events: Int)] {
    let whole = all.reduce(0) { $0 + $1.weight }
    var shares = all.map { (tenant: $0, events: count * $0.weight / whole) }
    shares[0].events += count - shares.reduce(0) { $0 + $1.events }
    return shares
  }
}
