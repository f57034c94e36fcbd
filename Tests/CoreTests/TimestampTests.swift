import Testing

@testable import Core

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-11-21T05:30:00.260000+0000", "2026-11-21T05:30:00.260000Z"),
    ("2015-03-29T11:01:38.221126-0600", "2015-03-29T17:01:38.221126Z"),
    ("2026-11-21 05:30:00", "2026-11-21T05:30:00.000000Z"),
    ("2026-11-21T05:30:00.123456789012Z", "2026-11-21T05:30:00.123456Z"),
    ("2026-11-21T05:30:00,5+01", "2026-11-21T04:30:00.500000Z"),
    ("1601-01-01T00:00:00Z", "1601-01-01T00:00:00.000000Z"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
    ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
  ])
  func reads(text: String, canonical: String) throws {
    let timestamp = try #require(Timestamp(text))
    #expect(timestamp.description == canonical)
    #expect(Timestamp(canonical) == timestamp)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z",
    "2026-11-21T05:30:00.Z", "2026-11-21T05:30:00Zx", "2026-11-21T05:30:00+25:00",
    "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2026-11-21T05:30:00.1234567890123456789Z",
  ])
  func refuses(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func everyDayOfFourHundredYearsRoundTrips() {
    for day in stride(from: -135_000, through: 2_900_000, by: 1)
    where day % 97 == 0 || day.magnitude < 40000 {
      #expect(CivilDate(daysSince1970: day).daysSince1970 == day)
    }
  }

  @Test func monthBoundsHoldTheirTimes() throws {
    let december = try #require(Timestamp("2026-12-31T23:59:59.999999Z")).month
    #expect(december.start.description == "2026-12-01T00:00:00.000000Z")
    #expect(december.end.description == "2027-01-01T00:00:00.000000Z")
    let before1970 = try #require(Timestamp("1969-02-15T00:00:00Z")).month
    #expect(before1970.start.description == "1969-02-01T00:00:00.000000Z")
  }

  @Test func secondsMustBeFiniteAndInRange() {
    #expect(Timestamp(secondsSince1970: 1_795_239_000.123)?.microseconds == 1_795_239_000_123_000)
    #expect(Timestamp(secondsSince1970: .nan) == nil)
    #expect(Timestamp(secondsSince1970: 1e300) == nil)
  }
}
