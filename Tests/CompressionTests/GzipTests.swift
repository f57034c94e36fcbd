import Compression
import Testing

@Suite struct GzipTests {
  private let wide = InflateLimits(maxOutput: 64 << 20, maxRatio: 2000)

  private func code(_ body: () throws -> Void) -> CompressionError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? CompressionError)?.code
    }
  }

  @Test func anyBytesInAnyPiecesRoundTrip() throws {
    var random = SeededGenerator.printing("gzip round trip")
    for _ in 0..<150 {
      let original = random.bytes(upTo: 200_000)
      let encoder = try GzipEncoder(level: .random(in: 0...9, using: &random))
      var packed: [UInt8] = []
      try inPieces(original, &random) { piece, random in
        try encoder.encode(piece, into: &packed)
        if Int.random(in: 0..<8, using: &random) == 0 { try encoder.flush(into: &packed) }
      }
      try encoder.finish(into: &packed)

      let decoder = try GzipDecoder(limits: wide)
      var inflated: [UInt8] = []
      try inPieces(packed, &random) { piece, _ in try decoder.decode(piece, into: &inflated) }
      try decoder.finish()
      #expect(inflated == original)
      #expect(decoder.inputBytes == packed.count)
      #expect(decoder.outputBytes == original.count)
    }
  }

  private func inPieces(
    _ bytes: [UInt8], _ random: inout SeededGenerator,
    _ body: ([UInt8], inout SeededGenerator) throws -> Void
  ) throws {
    var offset = 0
    while offset < bytes.count {
      let most = Bool.random(using: &random) ? 16 : 100_000
      let end = min(bytes.count, offset + Int.random(in: 0...most, using: &random))
      try body(Array(bytes[offset..<end]), &random)
      offset = end
    }
  }

  @Test func membersThatFollowEachOtherAreOneBody() throws {
    let body = try Gzip.compress([1, 2]) + Gzip.compress([]) + Gzip.compress([3], level: 9)
    #expect(try Gzip.decompress(body, limits: wide) == [1, 2, 3])
    let decoder = try GzipDecoder(limits: wide)
    var output: [UInt8] = []
    for byte in body { try decoder.decode([byte], into: &output) }
    try decoder.finish()
    #expect(output == [1, 2, 3])
  }

  @Test(arguments: [[0], [0x1F], [0x1F, 0x8B], [0, 0], Array("garbage".utf8)])
  func whatFollowsTheStreamIsRefused(tail: [UInt8]) throws {
    let body = try Gzip.compress(Array("hello".utf8)) + tail
    let couldBegin = tail.count == 1 || tail == [0x1F, 0x8B]
    let expected: CompressionError.Code = couldBegin ? .truncated : .corrupt
    #expect(code { _ = try Gzip.decompress(body, limits: wide) } == expected)
  }

  @Test func everyTruncationIsRefused() throws {
    let body = try Gzip.compress(Array(String(repeating: "harrier ", count: 50).utf8))
    for count in 0..<body.count {
      #expect(code { _ = try Gzip.decompress(Array(body[..<count]), limits: wide) } == .truncated)
    }
  }

  @Test func aChangedByteIsNeverPassedOn() throws {
    var random = SeededGenerator.printing("gzip damage")
    let original = random.bytes(upTo: 5000) + [7]
    let body = try Gzip.compress(original)
    for index in body.indices where index >= 10 {
      var damaged = body
      damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      // Bits that pad a block mean nothing; every other change is found out.
      let failure = code {
        let inflated = try Gzip.decompress(damaged, limits: wide)
        #expect(inflated == original)
      }
      #expect(failure == nil || failure == .corrupt || failure == .truncated)
    }
  }

  @Test func whatIsNotGzipIsRefused() {
    #expect(code { _ = try Gzip.decompress(Array("{\"a\":1}".utf8), limits: wide) } == .corrupt)
    #expect(code { _ = try Gzip.decompress([], limits: wide) } == .truncated)
    // A zlib stream (RFC 1950) is another coding.
    #expect(
      code { _ = try Gzip.decompress([0x78, 0x9C, 3, 0, 0, 0, 0, 1], limits: wide) } == .corrupt)
  }

  @Test func theSizeLimitHoldsToTheByte() throws {
    let body = try Gzip.compress([UInt8](repeating: 9, count: 100_000))
    let exact = InflateLimits(maxOutput: 100_000)
    #expect(try Gzip.decompress(body, limits: exact).count == 100_000)
    let short = InflateLimits(maxOutput: 99_999)
    #expect(code { _ = try Gzip.decompress(body, limits: short) } == .tooLarge)
    let none = InflateLimits(maxOutput: 0)
    #expect(try Gzip.decompress(try Gzip.compress([]), limits: none) == [])
    #expect(code { _ = try Gzip.decompress(body, limits: none) } == .tooLarge)
    let all = InflateLimits(maxOutput: .max)
    #expect(try Gzip.decompress(body, limits: all).count == 100_000)
  }

  @Test func theRatioIsForgivenBelowItsFloor() throws {
    let small = try Gzip.compress([UInt8](repeating: 0, count: 1 << 20))
    let limits = InflateLimits(maxOutput: 1 << 30, maxRatio: 20)
    #expect(try Gzip.decompress(small, limits: limits).count == 1 << 20)
    let large = try Gzip.compress([UInt8](repeating: 0, count: (1 << 20) + 1))
    #expect(code { _ = try Gzip.decompress(large, limits: limits) } == .ratioExceeded)
  }

  @Test func aBombIsRefusedWithLittleMemory() throws {
    // 1 GB of zeros, made a megabyte at a time: about 1 MB compressed.
    let encoder = try GzipEncoder(level: 9)
    let megabyte = [UInt8](repeating: 0, count: 1 << 20)
    var bomb: [UInt8] = []
    for _ in 0..<1024 { try encoder.encode(megabyte, into: &bomb) }
    try encoder.finish(into: &bomb)

    for limits in [
      InflateLimits(maxOutput: 256 << 10),
      InflateLimits(maxOutput: 1 << 30, maxRatio: 200, ratioFloor: 256 << 10),
    ] {
      let decoder = try GzipDecoder(limits: limits)
      var output: [UInt8] = []
      let failure = code { try decoder.decode(bomb, into: &output) }
      #expect(failure == .tooLarge || failure == .ratioExceeded)
      #expect(output.capacity <= (512 << 10) + GzipDecoder.chunkSize)
      // The decoder remembers, whatever comes next.
      #expect(code { try decoder.decode([], into: &output) } == failure)
      #expect(code { try decoder.finish() } == failure)
    }
  }

  @Test func outputGrowsNoFurtherThanTheLimitAndAChunk() throws {
    let body = try Gzip.compress([UInt8](repeating: 1, count: 3_000_000), level: 1)
    let decoder = try GzipDecoder(limits: InflateLimits(maxOutput: 2_000_000, maxRatio: 2000))
    var output: [UInt8] = []
    #expect(code { try decoder.decode(body, into: &output) } == .tooLarge)
    #expect(output.capacity <= 2_000_000 + GzipDecoder.chunkSize)
  }

  @Test func aDecoderServesAnotherStreamAfterReset() throws {
    let decoder = try GzipDecoder(limits: wide)
    var output: [UInt8] = []
    #expect(code { try decoder.decode([1, 2, 3], into: &output) } == .corrupt)
    decoder.reset()
    output.removeAll()
    try decoder.decode(try Gzip.compress([5, 6]), into: &output)
    try decoder.finish()
    #expect(output == [5, 6])
    #expect(decoder.outputBytes == 2)
  }

  @Test func flushedBytesCanBeReadBeforeTheEnd() throws {
    let encoder = try GzipEncoder()
    let decoder = try GzipDecoder(limits: wide)
    var inflated: [UInt8] = []
    for text in ["event: incident\n", "data: 1\n\n"] {
      var packed: [UInt8] = []
      try encoder.encode(Array(text.utf8), into: &packed)
      try encoder.flush(into: &packed)
      try decoder.decode(packed, into: &inflated)
      #expect(String(decoding: inflated, as: UTF8.self).hasSuffix(text))
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "shared data is absent"))
  func realEventsRoundTrip() throws {
    let records = try SharedData.records("suricata-eve-alerts.jsonl.gz")
    let text = Array(records.joined(separator: [UInt8(ascii: "\n")]))
    let packed = try Gzip.compress(text)
    #expect(packed.count * 3 < text.count)
    #expect(try Gzip.decompress(packed, limits: InflateLimits(maxOutput: text.count)) == text)
  }
}
