internal import Compression
internal import HTTPTypes
internal import Hummingbird
internal import NIOConcurrencyHelpers
internal import NIOCore

extension ResponseBody {
  /// The bytes of a body whose length is known.
  func collected() async throws -> [UInt8] {
    let collector = BodyCollector()
    try await write(collector)
    return collector.bytes
  }
}

/// Takes in a body.
struct BodyCollector: ResponseBodyWriter, Sendable {
  private let collected = NIOLockedValueBox<[UInt8]>([])

  var bytes: [UInt8] { collected.withLockedValue { $0 } }

  mutating func write(_ buffer: ByteBuffer) {
    collected.withLockedValue { $0.append(contentsOf: buffer.readableBytesView) }
  }

  consuming func finish(_ trailers: HTTPFields?) {}
}

/// Compresses a stream on its way out. Pieces go out when the compressor gives them up, not when they
/// come in.
struct GzipBodyWriter: ResponseBodyWriter {
  private var parent: any ResponseBodyWriter
  private let encoder: GzipEncoder

  init(parent: any ResponseBodyWriter) throws {
    self.parent = parent
    encoder = try GzipEncoder()
  }

  @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
    var rest = buffer
    while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)),
      piece.readableBytes > 0
    {
      var output: [UInt8] = []
      try encoder.encode(Array(piece.readableBytesView), into: &output)
      if !output.isEmpty { try await parent.write(ByteBuffer(bytes: output)) }
      // The connection's event loop serves others in between.
      if rest.readableBytes > 0 { await Task.yield() }
    }
  }

  /// What is compressed at once: about a millisecond's work.
  private static let pieceBytes = 64 << 10

  @concurrent consuming func finish(_ trailers: HTTPFields?) async throws {
    var output: [UInt8] = []
    try encoder.finish(into: &output)
    try await parent.write(ByteBuffer(bytes: output))
    try await parent.finish(trailers)
  }
}
