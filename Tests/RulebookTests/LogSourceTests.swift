import Core
import RuleStore
import Testing

@testable import Rulebook

@Suite struct LogSourceTests {
  @Test func aCorrelationReadsWhatItsRulesRead() async throws {
    let source = FakeSource()
    let windows = Book.rule("w", "user: root").replacing("product: linux", with: "product: windows")
    source.publish(
      Book.base(
        Book.rule("a", "user: root"), windows, Book.rule("off", "user: x"),
        Book.correlation("c", of: ["a", "w"])))
    source.change(Book.own(revision: 2, modes: ["off": .disabled]))
    let rules = try await Rulebook(source: source).current(Book.organization)
    let found = rules.logSources
    #expect(found["a"] == [LogSource(product: "linux")])
    #expect(found["c"] == [LogSource(product: "linux"), LogSource(product: "windows")])
    #expect(found["off"] == nil)
  }
}
