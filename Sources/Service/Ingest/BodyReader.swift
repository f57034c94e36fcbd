internal import Compression
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Ingestion
internal import NIOCore

/// Reads a request's body whole, within limits and within the memory budget.
///
/// Room is taken as bytes arrive, so that a promise of many bytes holds none of it. A body that
/// trickles is refused with its first piece behind the deadline; the connection of one that falls
/// silent is closed by the server's idle timeout.
struct BodyReader {
  /// A staged batch holds its rows beside the body they come from; staging asks for more where they
  /// are larger.
  private static let copies = 2
  /// The step in which the budget is asked, in bytes.
  static let step = 256 << 10
  /// How long a body may take to arrive.
  static let patience = Duration.seconds(60)

  let limits: IngestLimits
  let reservation: MemoryReservation
  var deadline = ContinuousClock.now + patience

  /// The body, inflated if the sender says that it is gzip.
  ///
  /// - Throws: `Problem` 413 for a body over a limit, 415 for another coding, 400 for damaged gzip or
  ///   a body that breaks off, 408 for one that takes too long; `IngestError` with `.overloaded` where
  ///   the budget has no room.
  func read(_ request: Request) async throws -> [UInt8] {
    let coding = try BodyCoding(request.headers)
    var length: Int?
    if let text = request.headers[.contentLength] {
      length = Int(text)
      guard let length, length <= limits.bodyBytes else { throw tooLarge }
    }
    let (body, received) =
      switch coding {
      case .identity: try await readPlain(request)
      case .gzip: try await readGzip(request)
      }
    // A connection that we close ends the body as if it were whole.
    guard received == length ?? received else { throw Problem.brokenOff }
    return body
  }

  private func readPlain(_ request: Request) async throws -> (body: [UInt8], received: Int) {
    var body: [UInt8] = []
    for try await chunk in request.body {
      guard body.count + chunk.readableBytes <= limits.bodyBytes else { throw tooLarge }
      try checkTime()
      try await reserve(body.count + chunk.readableBytes)
      body.append(contentsOf: chunk.readableBytesView)
    }
    return (body, body.count)
  }

  private func readGzip(_ request: Request) async throws -> (body: [UInt8], received: Int) {
    let bounds = InflateLimits(maxOutput: limits.inflatedBytes, maxRatio: limits.inflationRatio)
    let decoder = try GzipDecoder(limits: bounds)
    var body: [UInt8] = []
    var received = 0
    do {
      for try await chunk in request.body {
        received += chunk.readableBytes
        guard received <= limits.bodyBytes else { throw tooLarge }
        try checkTime()
        try await inflate(chunk, with: decoder, into: &body)
      }
      try decoder.finish()
    } catch let error as CompressionError {
      throw Problem(inflating: error, bounds)
    }
    return (body, received)
  }

  private func checkTime() throws(Problem) {
    guard ContinuousClock.now <= deadline else { throw .requestTimeout }
  }

  /// Inflates in small pieces, so that what the budget has not granted is small, too.
  private func inflate(
    _ chunk: ByteBuffer, with decoder: GzipDecoder, into body: inout [UInt8]
  ) async throws {
    var chunk = chunk
    while let piece = chunk.readBytes(length: min(chunk.readableBytes, 4096)), !piece.isEmpty {
      try decoder.decode(piece, into: &body)
      try await reserve(body.count)
    }
  }

  private func reserve(_ bytes: Int) async throws {
    let needed = bytes * Self.copies
    guard needed <= reservation.limit else {
      throw Problem.bodyTooLarge(limit: reservation.limit / Self.copies)
    }
    let steps = (needed + Self.step - 1) / Self.step
    try await reservation.grow(to: min(steps * Self.step, reservation.limit))
  }

  private var tooLarge: Problem { .bodyTooLarge(limit: limits.bodyBytes) }
}

extension Problem {
  static var requestTimeout: Problem {
    Problem(
      slug: "request_timeout", title: "The request took too long", status: 408,
      detail: "the body did not arrive in time: send a smaller one")
  }
}
