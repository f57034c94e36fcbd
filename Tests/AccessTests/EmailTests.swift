import Testing

@testable import Access

@Suite struct EmailTests {
  @Test(arguments: [
    ("anna@example.org", "anna@example.org"), ("  Anna.B@Example.ORG ", "anna.b@example.org"),
    ("ÄNNE@bücher.example", "änne@bücher.example"), ("a@b", "a@b"),
  ])
  func isNormalized(text: String, email: String) {
    #expect(Email(rawValue: text)?.rawValue == email)
  }

  @Test(arguments: [
    "", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b\n", "a\u{0}@b", "a@b\u{2028}", "a\t@b",
    String(repeating: "a", count: 250) + "@b.cd",
  ])
  func refusesWhatIsNone(text: String) {
    #expect(Email(rawValue: text) == nil)
  }

  @Test func sessionIdsAreTheirText() {
    for id in [SessionID.random(), SessionID(high: 0, low: 1), SessionID(high: .max, low: .max)] {
      #expect(id.description.utf8.count == 32)
      #expect(SessionID(id.description) == id)
    }
    for text in ["", "0", String(repeating: "G", count: 32), String(repeating: "A", count: 32)] {
      #expect(SessionID(text) == nil)
    }
  }
}
