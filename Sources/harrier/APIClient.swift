import NIOCore
import NIOHTTP1
import NIOPosix

/// A caller of Harrier's own HTTP API, for the commands. One connection a request.
struct APIClient: Sendable {
  struct Response: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// The largest answer that is read, in bytes.
  static let responseLimit = 64 << 20

  let host: String
  let port: Int
  /// An API key or an access token.
  var credential: String?

  /// Sends one request and reads its whole answer.
  ///
  /// - Throws: `CommandError` with `.tryAgain` where the service can't be reached or breaks off.
  func send(
    _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) async throws -> Response {
    do {
      return try await exchange(head(method, path, headers, body.count), body)
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError(.tryAgain, "\(host):\(port) does not answer: \(error)")
    }
  }

  func head(
    _ method: HTTPMethod, _ path: String, _ extra: [(String, String)], _ length: Int
  ) -> HTTPRequestHead {
    var headers = HTTPHeaders(extra)
    headers.add(name: "Host", value: "\(host):\(port)")
    headers.add(name: "User-Agent", value: "harrier/\(Version.text)")
    headers.add(name: "Content-Length", value: String(length))
    headers.add(name: "Connection", value: "close")
    if let credential { headers.add(name: "Authorization", value: "Bearer \(credential)") }
    return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
  }

  private func exchange(_ head: HTTPRequestHead, _ body: [UInt8]) async throws -> Response {
    try await connect().executeThenClose { inbound, outbound in
      try await outbound.write(.head(head))
      if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
      try await outbound.write(.end(nil))
      return try await Self.read(inbound)
    }
  }

  func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(5))
      .connect(host: host, port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
            wrappingChannelSynchronously: channel)
        }
      }
  }

  private static func read(
    _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
  ) async throws -> Response {
    var response = Response(status: 0, headers: [], body: [])
    for try await part in inbound {
      switch part {
      case .head(let head):
        response.status = Int(head.status.code)
        response.headers = head.headers.map { ($0.name, $0.value) }
      case .body(let buffer):
        response.body.append(contentsOf: buffer.readableBytesView)
        guard response.body.count <= responseLimit else {
          throw CommandError(.tryAgain, "the answer is larger than \(responseLimit) bytes")
        }
      case .end:
        return response
      }
    }
    throw CommandError(.tryAgain, "the service closed the connection before it had answered")
  }
}
