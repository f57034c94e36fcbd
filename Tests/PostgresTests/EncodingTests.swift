import Testing

@testable import Postgres

@Suite struct EncodingTests {
  @Test func aRowIsWrittenAsTheManualSays() {
    var encoder = PostgresRowEncoder()
    encoder.beginRow(columns: 4)
    encoder.int2(-2)
    encoder.null()
    encoder.text("é")
    encoder.bool(true)
    #expect(
      encoder.bytes == [
        0, 4, 0, 0, 0, 2, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2, 0xC3, 0xA9, 0, 0, 0, 1, 1,
      ])
    #expect(encoder.rows == 1)
    encoder.removeAll()
    #expect(encoder.bytes.isEmpty && encoder.rows == 0)
  }

  @Test func addressesHaveOneFormHoweverGiven() {
    var array = PostgresRowEncoder()
    var number = PostgresRowEncoder()
    for encoder in [0, 1] {
      if encoder == 0 { array.beginRow(columns: 2) } else { number.beginRow(columns: 2) }
    }
    array.inet([192, 0, 2, 1])
    array.inet([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    number.inet(v4: 0xC000_0201)
    number.inet(v6: 0x2001_0DB8_0000_0000_0000_0000_0000_0001)
    #expect(array.bytes == number.bytes)
  }

  @Test func aValueOfAnyKindIsAColumn() {
    var encoder = PostgresRowEncoder()
    encoder.beginRow(columns: 2)
    encoder.value(.int4(7))
    encoder.value(.null)
    #expect(encoder.bytes == [0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0xFF, 0xFF, 0xFF, 0xFF])
  }

  @Test func timesOutsideOfEitherRangeDoNotTrap() {
    #expect(PostgresTime.wire(0) == -946_684_800_000_000)
    #expect(PostgresTime.microseconds(wire: 0) == 946_684_800_000_000)
    #expect(PostgresTime.wire(.max) == .max)
    #expect(PostgresTime.wire(.min) == .min)
    #expect(PostgresTime.wire(.min + 1) == .min + 1)
    #expect(PostgresTime.microseconds(wire: .max - 1) == nil)
    #expect(PostgresTime.microseconds(wire: .max) == .max)
  }

  @Test func readingBeyondTheEndIsNil() {
    let bytes: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1]
    bytes.withUnsafeBytes { buffer in
      var reader = PostgresReader(buffer)
      #expect(reader.array { $0.integer(Int32.self) } == nil, "a count that the bytes don't hold")
      for length in 0..<buffer.count {
        var short = PostgresReader(UnsafeRawBufferPointer(rebasing: buffer[..<length]))
        #expect(short.array { $0.integer(Int32.self) } == nil)
      }
    }
  }
}
