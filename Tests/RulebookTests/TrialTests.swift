import Core
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// Rules taken out to be tried or explained, and rules as lists show them.
@Suite struct TrialTests {
  private let source = FakeSource()
  private let book: Rulebook

  private init() {
    source.publish(
      Book.base(
        Book.rule("a", "user: root", name: "named") + "tags: [attack.t1110]\n",
        Book.rule("b", "host: web"), Book.correlation("c", of: ["named", "b"]),
        Book.correlation("d", of: ["c"]), Book.rule("off", "user: off")))
    source.change(
      Book.own(
        Book.record(Book.rule("own", "user: x") + "tags: [one, two]\n"),
        Book.record(Book.filter("narrow", of: ["b"], "user: lab")), revision: 2,
        modes: ["off": .disabled]))
    book = Rulebook(source: source)
  }

  private func rules() async throws -> CompiledRules { try await book.latest(Book.organization) }

  @Test func aCorrelationComesWithWhatItRefersTo() async throws {
    let trial = try await rules().trial(of: ["d"])
    #expect(trial.set.correlations.map(\.id).sorted() == ["c", "d"])
    #expect(trial.set.rules.map(\.id).sorted() == ["a", "b"])
    #expect(trial.subjects == ["d"])
    #expect(trial.refusals.isEmpty)
  }

  @Test func aRuleComesAloneOrWithWhatItFeeds() async throws {
    let alone = try await rules().trial(of: ["a"])
    #expect(alone.set.rules.map(\.id) == ["a"])
    #expect(alone.set.correlations.isEmpty)
    let feeding = try await rules().trial(of: ["a"], feeding: true)
    #expect(feeding.subjects == ["a", "c", "d"])
    #expect(feeding.set.rules.map(\.id).sorted() == ["a", "b"])
  }

  @Test func disabledRulesAreTriedAsIfTheyWereEnabled() async throws {
    let trial = try await rules().trial(of: ["off"])
    #expect(trial.subjects == ["off"])
    #expect(trial.set.rules.map(\.id) == ["off"])
  }

  @Test func formerVersionsStandInThePlaceOfThoseInForce() async throws {
    let former = Book.record(Book.rule("a", "user: admin", name: "named"), mode: .disabled)
    let trial = try await rules().trial(of: ["c"], with: [former])
    let index = try #require(trial.set.index(ofRule: "a"))
    #expect(
      "\(trial.set.rules[index].detection)".contains("admin"), "its text is that of the version")
    #expect(try await rules().record("a")?.mode == .enabled)
  }

  @Test func filtersNarrowWhatIsTried() async throws {
    let plain = try await rules().trial(of: ["a"]).set.rules[0].detection.searches.count
    let narrowed = try await rules().trial(of: ["b"]).set.rules[0].detection.searches.count
    #expect(narrowed == plain + 1)
  }

  @Test func aTextIsTriedBeforeItIsStored() async throws {
    let new = try await rules().trial(
      of: ["x"],
      document: Book.correlation("x", of: ["own", "y"]) + "---\n" + Book.rule("y", "user: z"))
    #expect(new.refusals.isEmpty)
    #expect(new.subjects == ["x"])
    #expect(new.set.rules.map(\.id).sorted() == ["own", "y"])
    let bad = try await rules().trial(of: ["x"], document: Book.correlation("x", of: ["none"]))
    #expect(bad.refusals.map(\.code) == [.unknownReference])
    #expect(bad.subjects.isEmpty)
    let unreadable = try await rules().trial(of: ["x"], document: "title: [")
    #expect(unreadable.refusals.map(\.code) == [.unreadable])
  }

  @Test func listingsHaveTagsAndReasons() async throws {
    source.change(
      Book.own(
        Book.record(Book.rule("own", "user: x") + "tags: [one, two]\n"),
        Book.record(Book.rule("b", "user|nope: x")), revision: 3))
    let listings = try await rules().listings
    #expect(listings.map(\.record.id) == ["a", "b", "c", "d", "off", "own"])
    #expect(listings.map(\.tags) == [["attack.t1110"], [], [], [], [], ["one", "two"]])
    #expect(listings.map { $0.refusal != nil } == [false, true, true, true, false, false])
    #expect(try await rules().listing("a")?.record.isBase == true)
    #expect(try await rules().listing("none") == nil)
  }
}
