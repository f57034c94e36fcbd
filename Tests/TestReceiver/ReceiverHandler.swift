import NIOCore
import NIOHTTP1

final class ReceiverHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: (Receiver.Message) -> Receiver.Answer
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ answer: @escaping (Receiver.Message) -> Receiver.Answer) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return }
      let headers = head.headers.map { (name: $0.name, value: $0.value) }
      respond(answer(.init(path: head.uri, headers: headers, body: body)), context)
    }
  }

  private func respond(_ answer: Receiver.Answer, _ context: ChannelHandlerContext) {
    switch answer {
    case .close: context.close(promise: nil)
    case .hang: break
    case .status(let status, let headers, let bytes):
      var head = HTTPResponseHead(
        version: .http1_1, status: HTTPResponseStatus(statusCode: status),
        headers: HTTPHeaders(headers))
      head.headers.add(name: "Content-Length", value: String(bytes))
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if bytes > 0 {
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
