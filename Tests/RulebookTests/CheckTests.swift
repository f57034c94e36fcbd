import Core
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// What the rulebook says of documents and changes before they are stored.
@Suite struct CheckTests {
  private let source = FakeSource()
  private let book: Rulebook

  private init() {
    source.publish(
      Book.base(
        Book.rule("a", "user: root", name: "named"), Book.rule("b", "host: web"),
        Book.correlation("c", of: ["named", "b"]), Book.correlation("d", of: ["c"])))
    source.change(Book.own(Book.record(Book.rule("own", "user: x")), revision: 2))
    book = Rulebook(source: source)
  }

  private func check(_ text: String, mode: RuleMode? = nil) async throws -> RuleCheck {
    try await book.check(document: text, mode: mode, for: Book.organization)
  }

  @Test func aGoodRuleIsReadyToBeStored() async throws {
    let text = Book.rule("new", level: "high", "user: root")
    let found = try await check("---\r\n\r\n" + text.replacing("\n", with: "\r\n"))
    #expect(
      found.documents == [
        RuleDocument(id: "new", kind: .detection, title: "rule new", level: "high", source: text)
      ])
    #expect(found.refusals.isEmpty)
    #expect(found.breaks.isEmpty)
  }

  @Test func eachKindIsKnown() async throws {
    let found = try await check(
      Book.rule("one", "user: root") + "---\n" + Book.correlation("two", of: ["one", "a"])
        + "---\n" + Book.filter("three", of: ["one"], "host: lab"))
    #expect(found.documents.map(\.kind) == [.detection, .correlation, .filter])
    #expect(found.documents.map(\.level) == ["medium", "high", ""])
    #expect(found.refusals.isEmpty)
  }

  @Test func refusalsNameTheLineOfTheText() async throws {
    let found = try await check(
      Book.rule("one", "user: root") + "---\n" + Book.rule("two", "user|nope: root"))
    #expect(found.documents.map(\.id) == ["one"])
    #expect(found.refusals.map(\.rule) == ["two"])
    #expect(found.refusals.map(\.line) == [18])
    #expect(found.refusals.map(\.code) == [.unknownModifier])
  }

  @Test func aReferenceIsSoughtAmongTheRulesInForce() async throws {
    #expect(try await check(Book.correlation("x", of: ["own", "b"])).refusals.isEmpty)
    let found = try await check(Book.correlation("x", of: ["gone"]))
    #expect(found.refusals.map(\.code) == [.unknownReference])
    #expect(found.refusals.map(\.file) == ["document"])
    #expect(found.documents.count == 1)
  }

  @Test func aFilterMustFindItsRules() async throws {
    let found = try await check(Book.filter("f", of: ["gone"], "host: lab"))
    #expect(found.refusals.map(\.rule) == ["f"])
  }

  @Test(arguments: ["", "---\n", "# nothing\n"]) func nothingIsRefused(text: String) async throws {
    #expect(try await check(text).refusals.map(\.code) == [.structure])
  }

  @Test func anIDMayStandOnce() async throws {
    let found = try await check(
      Book.rule("one", "user: root") + "---\n" + Book.filter("one", of: ["a"], "host: lab"))
    #expect(found.documents.count == 1)
    #expect(found.refusals.map(\.code) == [.duplicate])
  }

  @Test func aNameThatMakesAReferenceAmbiguousBreaksIt() async throws {
    let found = try await check(Book.rule("new", "user: root", name: "named"))
    #expect(found.refusals.isEmpty)
    #expect(Set(found.breaks.map(\.rule)) == ["c", "d"])
  }

  @Test func aReplacementThatLosesItsNameBreaksWhatUsesIt() async throws {
    #expect(Set(try await check(Book.rule("a", "user: y")).breaks.map(\.rule)) == ["c", "d"])
    #expect(try await check(Book.rule("a", "user: y", name: "named")).breaks.isEmpty)
  }

  @Test func aReplacementKeepsTheMode() async throws {
    source.change(Book.own(revision: 4, modes: ["a": .disabled]))
    let found = try await check(Book.rule("a", "user: y", name: "named"), mode: nil)
    #expect(found.breaks.isEmpty)
    let on = try await check(Book.rule("a", "user: y"), mode: .enabled)
    #expect(on.breaks.isEmpty)
    #expect(try await check(Book.correlation("x", of: ["named"])).refusals.count == 1)
  }

  @Test func whatWouldBreakIsToldBefore() async throws {
    func breaks(_ edit: RuleEdit) async throws -> Set<String?> {
      Set(try await book.consequences(of: edit, for: Book.organization).map(\.rule))
    }
    #expect(try await breaks(.setMode("a", .disabled)) == ["c", "d"])
    #expect(try await breaks(.setMode("c", .disabled)) == ["d"])
    #expect(try await breaks(.setMode("d", .disabled)) == [])
    #expect(try await breaks(.setMode("a", .shadow)) == [])
    #expect(try await breaks(.setMode("own", .disabled)) == [])
    source.change(
      Book.own(
        Book.record(Book.rule("own", "user: x")),
        Book.record(Book.correlation("e", of: ["own", "a"])), revision: 5))
    #expect(try await breaks(.delete("own")) == ["e"])
    #expect(try await breaks(.setMode("own", .disabled)) == ["e"])
    #expect(try await breaks(.setMode("a", .disabled)) == ["c", "d", "e"])
  }
}
