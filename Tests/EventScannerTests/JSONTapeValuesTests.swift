import EventScanner
import Testing

/// Reading names and values from a tape.
struct JSONTapeValuesTests {
  let record: Record

  init() throws {
    record = try Record(
      #"{"a":"x\u00e9\ud83d\ude00\n\/","b\u0041":2,"c":-9223372036854775808,"#
        + #""d":9223372036854775808,"e":1.5e2,"f":null,"g":{"h":true},"dup":1,"dup":2}"#)
  }

  @Test func stringsAreUnescaped() {
    #expect(record.string(1) == "xé😀\n/")
    #expect(record.key(2) == "bA")
  }

  @Test func membersAreFoundByWhatTheirNameMeans() throws {
    #expect(record.member("a") == 1)
    #expect(record.member("bA") == 2)
    #expect(record.member("h") == nil)
    let object = try #require(record.member("g"))
    #expect(record.member("h", of: object) == 8)
    #expect(record.member("absent") == nil)
    #expect(record.keyEquals("a", 1))
    #expect(record.keyEquals("bA", 2))
    #expect(!record.keyEquals("b", 1))
  }

  @Test func ofMembersWithOneNameTheLastCounts() throws {
    let found = try #require(record.member("dup"))
    #expect(record.int64(found) == 2)
  }

  @Test func numbersAreReadWhereTheyFit() {
    #expect(record.int64(3) == .min)
    #expect(record.int64(4) == nil)
    #expect(record.double(4) == 9_223_372_036_854_775_808)
    #expect(record.int64(5) == nil)
    #expect(record.double(5) == 150)
    #expect(record.double(6) == nil)
    #expect(record.double(1) == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max), ("", nil), ("-", nil),
      ("1a", nil), ("9223372036854775808", nil), ("-9223372036854775809", nil), (" 1", nil),
    ] as [(String, Int64?)])
  func integersOfText(_ text: String, _ value: Int64?) {
    let bytes = Array(text.utf8)
    let read = JSONText.int64(bytes.span.bytes, 0..<bytes.count)
    #expect(read == value)
  }

  @Test func aNumberBeyondDoubleIsNoNumber() {
    let bytes = Array("1e999".utf8)
    let read = JSONText.double(bytes.span.bytes, 0..<bytes.count)
    #expect(read == nil)
  }
}
