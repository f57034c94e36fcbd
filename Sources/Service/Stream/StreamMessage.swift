internal import Core
internal import NIOCore
internal import Outbox

/// A message as it goes over the wire, made once for all who get it.
struct StreamMessage: Sendable {
  let sequence: Int64
  /// The incident; of its messages a slow reader gets the newest only.
  let key: String
  let bytes: ByteBuffer

  init(_ message: OutboxMessage) {
    sequence = message.sequence
    key = message.change.id
    let data = JSONWriter.object { $0.noticeMembers(message.change, at: message.at) }
    bytes = StreamText.event(message.change.kind, id: message.sequence, data: data)
  }

  init(sequence: Int64, key: String, bytes: ByteBuffer) {
    self.sequence = sequence
    self.key = key
    self.bytes = bytes
  }
}

/// The text of server-sent events (WHATWG HTML §9.2).
enum StreamText {
  /// - Parameter data: JSON without line ends.
  static func event(_ name: String, id: Int64? = nil, data: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(data.count + name.utf8.count + 48)
    if let id { buffer.writeString("id: \(id)\n") }
    buffer.writeString("event: \(name)\ndata: ")
    buffer.writeBytes(data)
    buffer.writeStaticString("\n\n")
    return buffer
  }

  static func event(
    _ name: String, id: Int64? = nil, _ body: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    event(name, id: id, data: JSONWriter.object(body))
  }

  static let heartbeat = ByteBuffer(string: ": \n\n")

  /// How long a client waits before it comes back, each a little differently, so that not all come at
  /// once when a node has gone.
  static func retry() -> ByteBuffer {
    ByteBuffer(string: "retry: \(Int.random(in: 1000...3000))\n\n")
  }
}
