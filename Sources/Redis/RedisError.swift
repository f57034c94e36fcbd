/// Why a command has no answer. It never shows keys or values.
public struct RedisError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// There is no connection. The command was not sent.
    case unavailable
    /// The connection was lost before the answer came. The command may have been executed.
    case connectionLost = "connection_lost"
    /// The answer did not come within the time limit. The command may have been executed.
    case timeout
    /// Too many commands wait already. The command was not sent.
    case queueFull = "queue_full"
    /// The calling task was cancelled. The command may have been executed.
    case cancelled
    /// The client was shut down.
    case closed
    /// The server refused the command.
    case server
    /// The server answered with something that the command does not allow.
    case unexpectedReply = "unexpected_reply"
    /// The address of the server cannot be read.
    case configuration
  }

  public let code: Code
  public let message: String
  /// The first word of the server's refusal (`NOSCRIPT`, `WRONGTYPE`, `ERR`, …).
  public let serverCode: String?

  public init(_ code: Code, _ message: String, serverCode: String? = nil) {
    self.code = code
    self.message = message
    self.serverCode = serverCode
  }

  /// A refusal as the server words it, without the arguments that it repeats.
  init(server text: String) {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    let code = words.first.map(String.init) ?? "ERR"
    var rest = words.count > 1 ? String(words[1]) : text
    for mark in [", with args", "`", "'"] {
      if let range = rest.firstRange(of: mark) { rest = String(rest[..<range.lowerBound]) }
    }
    self.init(.server, rest, serverCode: code)
  }

  /// Whether the server never saw the command.
  public var wasNotSent: Bool {
    code == .unavailable || code == .queueFull
  }

  public var description: String {
    serverCode.map { "\(code.rawValue) (\($0)): \(message)" } ?? "\(code.rawValue): \(message)"
  }
}
