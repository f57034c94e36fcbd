/// A request as bytes; nothing is checked, so that wrong ones can be made.
public struct HTTPRequest: Sendable {
  public var method: String
  public var target: String
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(
    _ method: String, _ target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// `Host` and `Content-Length` are added where the request does not give its own.
  public var bytes: [UInt8] {
    var lines = ["\(method) \(target) HTTP/1.1"]
    if !has("host") { lines.append("Host: 127.0.0.1") }
    lines += headers.map { "\($0.name): \($0.value)" }
    let bodyIsExpected = method != "GET" && method != "HEAD"
    if bodyIsExpected || !body.isEmpty, !has("content-length"), !has("transfer-encoding") {
      lines.append("Content-Length: \(body.count)")
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  private func has(_ name: String) -> Bool {
    headers.contains { $0.name.lowercased() == name }
  }
}
