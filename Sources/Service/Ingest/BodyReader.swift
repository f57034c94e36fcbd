internal import Compression
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Ingestion
internal import NIOCore

/// Reads a request's body whole, within limits and within the memory budget.
struct BodyReader {
  /// A staged batch holds its rows beside the body they come from.
  private static let copies = 2
  /// The step in which the budget is asked for bodies of unknown length.
  private static let step = 256 << 10

  let limits: IngestLimits
  let reservation: BodyReservation

  /// The body, inflated if the sender says that it is gzip.
  ///
  /// - Throws: `Problem` 413 for a body over a limit, 415 for another coding, 400 for damaged gzip;
  ///   `IngestError` with `.overloaded` where the budget has no room.
  func read(_ request: Request) async throws -> [UInt8] {
    let coding = try Self.coding(of: request)
    if let text = request.headers[.contentLength] {
      guard let length = Int(text), length <= limits.bodyBytes else { throw tooLarge }
      try await reserve(length)
    }
    switch coding {
    case .identity: return try await readPlain(request)
    case .gzip: return try await readGzip(request)
    }
  }

  private enum Coding {
    case identity, gzip
  }

  private static func coding(of request: Request) throws -> Coding {
    let codings = request.headers[values: .contentEncoding]
    guard codings.count <= 1 else { throw Problem.unsupportedCoding("gzip") }
    switch codings.first?.lowercased() {
    case nil, "identity", "": return .identity
    case "gzip", "x-gzip": return .gzip
    default: throw Problem.unsupportedCoding("gzip")
    }
  }

  private func readPlain(_ request: Request) async throws -> [UInt8] {
    var body: [UInt8] = []
    for try await chunk in request.body {
      guard body.count + chunk.readableBytes <= limits.bodyBytes else { throw tooLarge }
      try await reserve(body.count + chunk.readableBytes)
      body.append(contentsOf: chunk.readableBytesView)
    }
    return body
  }

  private func readGzip(_ request: Request) async throws -> [UInt8] {
    let decoder = try GzipDecoder(
      limits: InflateLimits(maxOutput: limits.inflatedBytes, maxRatio: limits.inflationRatio))
    var body: [UInt8] = []
    var received = 0
    do {
      for try await chunk in request.body {
        received += chunk.readableBytes
        guard received <= limits.bodyBytes else { throw tooLarge }
        try await inflate(chunk, with: decoder, into: &body)
      }
      try decoder.finish()
    } catch let error as CompressionError {
      throw problem(for: error)
    }
    return body
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
    let steps = (bytes * Self.copies + Self.step - 1) / Self.step
    try await reservation.grow(to: steps * Self.step)
  }

  private func problem(for error: CompressionError) -> Problem {
    switch error.code {
    case .tooLarge, .ratioExceeded:
      Problem(
        slug: "body_too_large", title: "The body is too large", status: 413,
        detail: "the body inflates to more than \(limits.inflatedBytes) bytes, or more than "
          + "\(limits.inflationRatio) times its size: send smaller batches")
    default:
      Problem(
        slug: "malformed_body", title: "Malformed body", status: 400,
        detail: "the body is not the gzip that Content-Encoding says: \(error.message)")
    }
  }

  private var tooLarge: Problem { .bodyTooLarge(limit: limits.bodyBytes) }
}
