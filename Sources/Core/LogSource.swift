/// What kind of log an event comes from, in Sigma's three attributes (specification 2.1, "Log
/// source"). Nil is an attribute that is not set. Values are lower case.
public struct LogSource: Hashable, Sendable {
  public var category: String?
  public var product: String?
  public var service: String?

  public init(category: String? = nil, product: String? = nil, service: String? = nil) {
    self.category = category
    self.product = product
    self.service = service
  }

  /// Whether a rule for `self` applies to an event of `source`: every attribute that the rule sets
  /// equals the event's.
  public func applies(to source: LogSource) -> Bool {
    (category == nil || category == source.category)
      && (product == nil || product == source.product)
      && (service == nil || service == source.service)
  }
}

/// All log sources that one event belongs to: a Sysmon process creation is
/// (process_creation, windows, sysmon), (process_creation, windows, –), and so on.
///
/// Instances are shared: a mapping makes each set once, and the matcher keeps one plan per set, so
/// equality is tried by identity first.
public final class LogSourceSet: Hashable, Sendable {
  public let sources: [LogSource]
  private let hash: Int

  public init(_ sources: [LogSource]) {
    self.sources = sources
    var hasher = Hasher()
    hasher.combine(sources)
    hash = hasher.finalize()
  }

  public static let empty = LogSourceSet([])

  public static func == (left: LogSourceSet, right: LogSourceSet) -> Bool {
    left === right || (left.hash == right.hash && left.sources == right.sources)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(hash)
  }

  /// Whether a rule for `source` applies to the events of this set.
  public func contains(matching source: LogSource) -> Bool {
    sources.contains { source.applies(to: $0) }
  }
}
