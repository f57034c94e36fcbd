internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A web server on this machine that keeps what it is sent, and answers as the test says.
public final class Receiver: Sendable {
  /// A request as it came.
  public struct Message: Sendable {
    public let path: String
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  public enum Answer: Sendable {
    case status(Int, headers: [(String, String)] = [], bodyBytes: Int = 0)
    /// Closes the connection without a word.
    case close
    /// Says nothing at all.
    case hang
  }

  public let port: Int
  private let channel: any Channel
  private let messages: NIOLockedValueBox<[Message]>

  /// - Parameter answer: to a request, and how many came before it.
  public init(_ answer: @escaping @Sendable (Message, Int) -> Answer) async throws {
    let messages = NIOLockedValueBox<[Message]>([])
    self.messages = messages
    let bootstrap = ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            ReceiverHandler { message in
              let count = messages.withLockedValue { all in
                all.append(message)
                return all.count - 1
              }
              return answer(message, count)
            })
        }
      }
    channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  deinit { channel.close(promise: nil) }

  public var url: String { "http://127.0.0.1:\(port)/hook" }

  public var received: [Message] { messages.withLockedValue { $0 } }

  public func close() async throws { try await channel.close() }
}
