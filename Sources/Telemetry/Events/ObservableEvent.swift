public import Logging

/// Something that happens and can be observed: one type that knows its log line and its metric, so
/// that neither is forgotten and both say the same.
///
/// The message is a constant; what differs is in the metadata. An event that happens for every record
/// has no log line of its own above debug.
public protocol ObservableEvent: Sendable {
  static var message: Logger.Message { get }
  var level: Logger.Level { get }
  var metadata: Logger.Metadata { get }
  /// Counts the event.
  func record(in metrics: MetricsRegistry)
}

/// Where events are emitted to.
public struct EventEmitter: Sendable {
  public var logger: Logger
  public let metrics: MetricsRegistry

  public init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    self.metrics = metrics
  }

  public func emit<Event: ObservableEvent>(_ event: Event) {
    event.record(in: metrics)
    logger.log(level: event.level, Event.message, metadata: event.metadata)
  }
}
