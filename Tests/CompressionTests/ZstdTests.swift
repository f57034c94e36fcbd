import Compression
import Testing

@Suite struct ZstdTests {
  /// Records as one sensor writes them: the same names, other values.
  private static func records(_ count: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
    (0..<count).map { index in
      let address = (0..<4).map { _ in String(Int.random(in: 0...255, using: &random)) }
      let user = ["root", "admin", "backup", "olga"].randomElement(using: &random)!
      let text = """
        {"timestamp":"2026-11-21T05:\(index % 60):00.\(index)Z","event_type":"authentication_failure",\
        "source":{"ip":"\(address.joined(separator: "."))","port":\(index)},"user":"\(user)",\
        "message":"Failed password for invalid user \(user) from remote host"}
        """
      return Array(text.utf8)
    }
  }

  private func code(_ body: () throws -> Void) -> CompressionError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? CompressionError)?.code
    }
  }

  @Test func anyRecordRoundTripsWithAndWithoutDictionary() throws {
    var random = SeededGenerator.printing("zstd round trip")
    let dictionary = try ZstdDictionary.train(
      samples: Self.records(2000, &random), capacity: 8192)
    let compressor = try ZstdCompressor()
    let decompressor = try ZstdDecompressor { $0 == dictionary.id ? dictionary : nil }
    for record in Self.records(200, &random) + (0..<200).map({ _ in random.bytes(upTo: 20000) }) {
      let plain = try compressor.compress(record)
      let small = try compressor.compress(record, dictionary: dictionary)
      #expect(try decompressor.decompress(plain, maxSize: record.count) == record)
      #expect(try decompressor.decompress(small, maxSize: record.count) == record)
      #expect(try ZstdFrame(plain).dictionaryID == nil)
      #expect(try ZstdFrame(small).dictionaryID == dictionary.id)
      #expect(try ZstdFrame(small).contentSize == record.count)
      #expect(ZstdFrame.begins(small) && !ZstdFrame.begins(record))
    }
  }

  @Test func aDictionaryMakesSingleRecordsSmall() throws {
    var random = SeededGenerator(seed: 1)
    let dictionary = try ZstdDictionary.train(
      samples: Self.records(2000, &random), capacity: 8192)
    let with = try ZstdCompressor(dictionary: dictionary)
    let without = try ZstdCompressor()
    let records = Self.records(100, &random)
    let small = try records.reduce(0) { try $0 + with.compress($1).count }
    let large = try records.reduce(0) { try $0 + without.compress($1).count }
    #expect(small * 2 < large)
  }

  @Test func aStoredDictionaryReadsOldFrames() throws {
    var random = SeededGenerator(seed: 2)
    let trained = try ZstdDictionary.train(samples: Self.records(1000, &random), capacity: 4096)
    #expect(trained.bytes.count <= 4096)
    let frame = try ZstdCompressor(dictionary: trained).compress(Array("stored".utf8))
    let stored = try ZstdDictionary(bytes: trained.bytes, level: 3)
    #expect(stored.id == trained.id)
    let decompressor = try ZstdDecompressor { _ in stored }
    #expect(try decompressor.decompress(frame, maxSize: 100) == Array("stored".utf8))
  }

  @Test func aMissingOrOtherDictionaryIsNamed() throws {
    var random = SeededGenerator(seed: 3)
    let first = try ZstdDictionary.train(samples: Self.records(1000, &random), capacity: 4096)
    let other = try ZstdDictionary.train(samples: Self.records(1200, &random), capacity: 4096)
    let frame = try ZstdCompressor(dictionary: first).compress(Self.records(1, &random)[0])
    #expect(
      code { _ = try ZstdDecompressor().decompress(frame, maxSize: 9999) } == .unknownDictionary)
    let wrong = try ZstdDecompressor { _ in other }
    #expect(code { _ = try wrong.decompress(frame, maxSize: 9999) } == .unknownDictionary)
    struct LookupFailed: Error {}
    let failing = try ZstdDecompressor { _ in throw LookupFailed() }
    #expect(throws: LookupFailed.self) { try failing.decompress(frame, maxSize: 9999) }
  }

  @Test func aFrameThatStatesTooMuchIsRefused() throws {
    let frame = try ZstdCompressor().compress([UInt8](repeating: 0, count: 1 << 20))
    #expect(frame.count < 200)
    let decompressor = try ZstdDecompressor()
    #expect(code { _ = try decompressor.decompress(frame, maxSize: (1 << 20) - 1) } == .tooLarge)
    // A header that claims 2^62 bytes, and nothing behind it.
    let claim: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0]
    #expect(code { _ = try decompressor.decompress(claim, maxSize: 1 << 20) } == .tooLarge)
  }

  @Test func damagedFramesAreRefusedOrStayInBounds() throws {
    var random = SeededGenerator.printing("zstd damage")
    let record = Self.records(1, &random)[0]
    let frame = try ZstdCompressor().compress(record)
    let decompressor = try ZstdDecompressor()
    for count in 0..<frame.count {
      let failure = code { _ = try decompressor.decompress(Array(frame[..<count]), maxSize: 4096) }
      #expect(failure == .truncated || failure == .corrupt)
    }
    #expect(code { _ = try decompressor.decompress(frame + [0], maxSize: 4096) } == .corrupt)
    #expect(code { _ = try decompressor.decompress(frame + frame, maxSize: 4096) } == .corrupt)
    #expect(code { _ = try decompressor.decompress(record, maxSize: 4096) } == .corrupt)
    for _ in 0..<2000 {
      var damaged = frame
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        damaged[Int.random(in: 0..<frame.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      var output: [UInt8] = []
      if code({
        output = try decompressor.decompress(damaged, maxSize: 4096)
      }) == nil {
        #expect(output.count <= 4096)
      }
    }
    #expect(try decompressor.decompress(frame, maxSize: 4096) == record)
  }

  @Test func anEmptyRecordIsAFrame() throws {
    let frame = try ZstdCompressor().compress([UInt8]())
    #expect(try ZstdDecompressor().decompress(frame, maxSize: 0) == [])
  }

  @Test func whatIsNoDictionaryIsRefused() throws {
    #expect(code { _ = try ZstdDictionary(bytes: []) } == .unusableDictionary)
    #expect(code { _ = try ZstdDictionary(bytes: Array("words".utf8)) } == .unusableDictionary)
    #expect(code { _ = try ZstdDictionary.train(samples: []) } == .unusableDictionary)
    #expect(code { _ = try ZstdDictionary.train(samples: [[1], [2]]) } == .unusableDictionary)
  }

  @Test(.enabled(if: SharedData.isPresent, "shared data is absent"))
  func realRecordsShrinkToAThird() throws {
    let records = try SharedData.records("mordor-windows-80k.jsonl.gz")
    let samples = stride(from: 0, to: min(records.count, 60000), by: 20).map { records[$0] }
    let dictionary = try ZstdDictionary.train(samples: samples, capacity: 32 << 10)
    let compressor = try ZstdCompressor(dictionary: dictionary)
    let decompressor = try ZstdDecompressor { $0 == dictionary.id ? dictionary : nil }
    var before = 0
    var after = 0
    for index in stride(from: 7, to: records.count, by: 40) {
      let frame = try compressor.compress(records[index])
      before += records[index].count
      after += frame.count
      #expect(try decompressor.decompress(frame, maxSize: 1 << 20) == records[index])
    }
    #expect(after * 3 < before)
  }
}
