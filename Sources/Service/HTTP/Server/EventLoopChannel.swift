internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// A connection whose requests are handled on its own event loop.
struct EventLoopChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger)
  }

  @concurrent func handle(value: Base.Value, logger: Logger) async {
    let executor = EventLoopExecutor.of(value.channel.eventLoop)
    await withTaskExecutorPreference(executor) { await base.handle(value: value, logger: logger) }
  }
}

extension HTTPServerBuilder {
  /// HTTP/1.1 with every connection on one thread.
  static func onEventLoops(_ configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
      EventLoopChannel(base: HTTP1Channel(responder: responder, configuration: configuration))
    }
  }
}
