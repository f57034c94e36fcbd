/// Which messages of an organization are kept.
public struct OutboxExtent: Sendable, Equatable {
  /// The number of the oldest that is kept; `last + 1` where none is.
  public let first: Int64
  /// The number of the newest there ever was; 0 where there was none.
  public let last: Int64

  public init(first: Int64, last: Int64) {
    self.first = first
    self.last = last
  }

  /// Whether whoever has seen everything up to `position` can be told all that came after it.
  public func covers(_ position: Int64) -> Bool {
    position >= first - 1 && position <= last
  }
}
