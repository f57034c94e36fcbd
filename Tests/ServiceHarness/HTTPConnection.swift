internal import Glibc

/// HTTP/1.1 over one blocking socket to this machine. For one thread at a time.
public final class HTTPConnection {
  private let socket: Int32
  private var pending: [UInt8] = []

  /// - Parameter timeoutSeconds: how long one read or write may block.
  public init(port: Int, timeoutSeconds: Int = 120) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw HarnessError("no socket: \(Self.errorText())") }
    var patience = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      // The socket is closed by `deinit`, which runs for an object that is whole when its `init` throws.
      throw HarnessError("no connection to port \(port): \(Self.errorText())")
    }
  }

  deinit { close(socket) }

  /// Sends a request and reads its response.
  public func exchange(_ request: HTTPRequest) throws -> HTTPResponse {
    try send(request.bytes)
    return try readResponse(hasBody: request.method != "HEAD")
  }

  public func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = Self.retrying {
        bytes[sent...].withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }
      guard count > 0 else { throw HarnessError("sending failed: \(Self.errorText())") }
      sent += count
    }
  }

  /// Tells the service that nothing more comes.
  public func finishSending() {
    shutdown(socket, Int32(SHUT_WR))
  }

  /// Sends a request and reads the head of its response, with the body of a problem only.
  public func exchangeHead(_ request: HTTPRequest) throws -> HTTPResponse {
    try send(request.bytes)
    var response = try readHead()
    if response.header("content-type") == "application/problem+json" {
      response.body = try readBody(response)
    }
    return response
  }

  /// - Parameter hasBody: false for the answer to a HEAD.
  public func readResponse(hasBody: Bool = true) throws -> HTTPResponse {
    var response = try readHead()
    let status = response.status
    if hasBody, status != 204, status != 304 { response.body = try readBody(response) }
    return response
  }

  private func readHead() throws -> HTTPResponse {
    let head = try readLine(endingWith: [13, 10, 13, 10])
    let lines = head.split(separator: "\r\n")
    let statusLine = lines.first?.split(separator: " ") ?? []
    guard statusLine.count >= 2, let status = Int(statusLine[1]) else {
      throw HarnessError("not an HTTP response: \(head.prefix(200))")
    }
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: String(parts[0]), value: parts.last.map(Self.trimmed) ?? "")
    }
    return HTTPResponse(status: status, headers: headers, body: [])
  }

  private func readBody(_ response: HTTPResponse) throws -> [UInt8] {
    if response.header("transfer-encoding")?.lowercased() == "chunked" { return try readChunks() }
    guard let text = response.header("content-length"), let count = Int(text) else { return [] }
    return try take(count)
  }

  private func readChunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let line = try readLine(endingWith: [13, 10])
      guard let count = Int(line.prefix { $0 != ";" }, radix: 16) else {
        throw HarnessError("not the size of a chunk: \(line.prefix(100))")
      }
      body += try take(count)
      _ = try take(2)
      if count == 0 { return body }
    }
  }

  private func readLine(endingWith end: [UInt8]) throws -> String {
    var searched = 0
    while true {
      if let found = Self.position(of: end, in: pending, from: searched) {
        let line = String(decoding: pending[..<found], as: UTF8.self)
        pending.removeFirst(found + end.count)
        return line
      }
      searched = max(0, pending.count - end.count + 1)
      try receive()
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while pending.count < count { try receive() }
    defer { pending.removeFirst(count) }
    return Array(pending[..<count])
  }

  private func receive() throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Self.retrying { recv(socket, &buffer, buffer.count, 0) }
    guard count >= 0 else { throw HarnessError("receiving failed: \(Self.errorText())") }
    guard count > 0 else { throw HarnessError("the service closed the connection") }
    pending += buffer[..<count]
  }

  /// Calls again what the end of some child process has interrupted.
  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let count = call()
      if count >= 0 || errno != EINTR { return count }
    }
  }

  private static func position(of end: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= end.count else { return nil }
    return (start...max(start, bytes.count - end.count)).first {
      $0 + end.count <= bytes.count && bytes[$0..<$0 + end.count].elementsEqual(end)
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func errorText() -> String { String(cString: strerror(errno)) }
}
