import Core
import NIOCore
import NIOHTTP1

extension APIClient {
  /// - Parameter url: `http://host` with a port or without; 80 is HTTP's own.
  /// - Throws: `CommandError` for anything else.
  init(url: String, credential: String?) throws {
    guard url.lowercased().hasPrefix("http://") else {
      throw CommandError(
        .usage, "--url must be http://host:port: for https go through a proxy on this machine")
    }
    var rest = url.dropFirst("http://".count)
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var port = 80
    if let colon = rest.lastIndex(of: ":"), rest.last != "]" {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(number)
      else {
        throw CommandError(.usage, "--url: \(url) has no port of 1 to 65535")
      }
      port = number
      rest = rest[..<colon]
    }
    let host = rest.hasPrefix("[") && rest.hasSuffix("]") ? rest.dropFirst().dropLast() : rest
    guard !host.isEmpty, !host.contains("/") else {
      throw CommandError(.usage, "--url must be http://host:port without a path")
    }
    self.init(host: String(host), port: port, credential: credential)
  }

  /// Sends a request whose answer must be a success.
  ///
  /// - Throws: `CommandError` with what the service says.
  func ask(
    _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) async throws -> Response {
    let response = try await send(method, path, headers: headers, body: body)
    guard (200..<300).contains(response.status) else { throw response.failure }
    return response
  }

  /// Sends a request and hands on each line of its answer as it comes.
  func lines(
    _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
    _ take: (String) throws -> Void
  ) async throws {
    let request = head(method, path, headers, body.count)
    var response = Response(status: 0, headers: [], body: [])
    var isWhole = false
    do {
      try await connect().executeThenClose { inbound, outbound in
        try await outbound.write(.head(request))
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
        try await outbound.write(.end(nil))
        for try await part in inbound {
          switch part {
          case .head(let head):
            response.status = Int(head.status.code)
            response.headers = head.headers.map { ($0.name, $0.value) }
          case .body(let buffer):
            response.body.append(contentsOf: buffer.readableBytesView)
            guard response.body.count <= Self.responseLimit else {
              throw CommandError(.tryAgain, "a line is larger than \(Self.responseLimit) bytes")
            }
            guard (200..<300).contains(response.status) else { continue }
            while let end = response.body.firstIndex(of: UInt8(ascii: "\n")) {
              let line = String(decoding: response.body[..<end], as: UTF8.self)
              response.body.removeFirst(end + 1)
              try take(line)
            }
          case .end: isWhole = true
          }
          if isWhole { break }
        }
      }
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError(.tryAgain, "\(host):\(port) does not answer: \(error)")
    }
    guard isWhole else {
      throw CommandError(.tryAgain, "the service closed the connection before it had answered")
    }
    guard (200..<300).contains(response.status) else { throw response.failure }
  }
}

extension APIClient.Response {
  func header(_ name: String) -> String? {
    headers.first { $0.0.lowercased() == name.lowercased() }?.1
  }

  /// What the service says is wrong, with the exit code for it.
  var failure: CommandError {
    do {
      return try SnakeJSON.decode(body, as: ServiceProblem.self).error(status)
    } catch {
      return CommandError(status >= 500 ? .bug : .usage, "the service answered \(status)")
    }
  }
}

/// An answer of type `application/problem+json`.
struct ServiceProblem: Decodable {
  struct Field: Decodable {
    var pointer: String
    var detail: String
  }

  var status: Int?
  var detail: String
  var requestId: String?
  var errors: [Field]?

  func error(_ status: Int) -> CommandError {
    let fields = (errors ?? []).map { "\n  \($0.pointer): \($0.detail)" }.joined()
    switch status {
    case 401, 403: return CommandError(.credentials, detail)
    case 404: return CommandError(.notFound, detail)
    case 409, 422: return CommandError(.found, detail + fields)
    case 412:
      return CommandError(.tryAgain, "the rule was changed meanwhile: try again")
    case 429, 503, 504: return CommandError(.tryAgain, detail)
    case 500...: return CommandError(.bug, "\(detail) (request \(requestId ?? "unknown"))")
    default: return CommandError(.usage, detail + fields)
    }
  }
}
