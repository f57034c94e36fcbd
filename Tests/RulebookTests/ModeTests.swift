import Core
import Correlation
import RuleStore
import Sigma
import Testing

@testable import Rulebook

/// What modes, replacements and filters of an organization do.
@Suite struct ModeTests {
  private static let base = CompiledBase(
    Book.base(
      Book.rule("a", "user: root"), Book.rule("b", "host: web"),
      Book.correlation("c", of: ["a", "b"])))

  @Test func organizationsThatChangeNothingShareEverything() {
    let one = Self.base.compile(OrganizationRules(organization: OrganizationID(1), revision: 0))
    let two = Self.base.compile(OrganizationRules(organization: OrganizationID(2), revision: 9))
    #expect(one.detector === two.detector)
    #expect((one.revision, two.revision) == (1, 9))
    #expect(one.hitIDs(("user", "root"), ("host", "web")) == ["a", "b"])
  }

  @Test func theGapBetweenAPlainRulesIncidentsIsThatOfTheInstallation() {
    let base = CompiledBase(Book.base(Book.rule("a", "user: root")), gap: 60_000_000)
    let standard = base.compile(OrganizationRules(organization: OrganizationID(1), revision: 0))
    let own = base.compile(Book.own(Book.record(Book.rule("own", "user: root"))))
    #expect(standard.plans.plainRules["a"]?.timespan == 60_000_000)
    #expect(own.plans.plainRules["a"]?.timespan == 60_000_000)
    #expect(own.plans.plainRules["own"]?.timespan == 60_000_000)
  }

  @Test func theBaseLayerIsSharedByThoseWithRulesOfTheirOwn() {
    let rules = Self.base.compile(Book.own(Book.record(Book.rule("own", "user: root"))))
    #expect(rules.detector.layers[0].layer === Self.base.layer)
    #expect(rules.hitIDs(("user", "root")) == ["a", "own"])
  }

  @Test func aDisabledRuleIsNotThere() throws {
    let rules = Self.base.compile(Book.own(modes: ["a": .disabled]))
    #expect(rules.hitIDs(("user", "root"), ("host", "web")) == ["b"])
    let refusal = try #require(rules.refusals.first)
    #expect(refusal.rule == "c")
    #expect(refusal.code == .unknownReference)
    #expect(rules.plans.families.isEmpty)
    // What the lost correlation was to raise, its rule raises now.
    #expect(rules.plans.plainRules.keys.sorted() == ["b"])
    #expect(rules.record("a")?.mode == .disabled)
  }

  @Test func aShadowRuleHitsAndRaisesNothing() {
    let base = CompiledBase(Book.base(Book.rule("a", "user: root"), Book.rule("b", "user: root")))
    let rules = base.compile(Book.own(modes: ["a": .shadow]))
    let hits = rules.hits(Book.event([("user", "root")]))
    #expect(hits.map(\.ruleID) == ["a", "b"])
    #expect(hits.map { $0.matched == CarriedFields.nothing } == [true, false])
    #expect(rules.plans.plainRules.keys.sorted() == ["b"])
    #expect(rules.record("a")?.mode == .shadow)
  }

  @Test func aShadowCorrelationRunsAndSilencesNobody() throws {
    let rules = Self.base.compile(Book.own(modes: ["c": .shadow]))
    let plan = try #require(rules.plans.families.first?.plans.first)
    #expect(!plan.raises)
    #expect(rules.plans.plainRules.keys.sorted() == ["a", "b"])
    let standard = Self.base.compile(Book.own())
    #expect(standard.plans.plainRules.isEmpty)
  }

  @Test func aShadowCorrelationThatFeedsOneInForceIsAsBefore() {
    let base = CompiledBase(
      Book.base(
        Book.rule("a", "user: root"), Book.correlation("c", of: ["a"]),
        Book.correlation("d", of: ["c"])))
    let rules = base.compile(Book.own(modes: ["c": .shadow]))
    #expect(rules.plans.plainRules.isEmpty)
    #expect(rules.plans.families.flatMap(\.plans).filter(\.raises).map(\.ruleID) == ["d"])
  }

  @Test func aCorrelationThatCannotBePlannedSilencesNobody() {
    let odd = Book.correlation("odd", of: ["a"]).replacing("temporal", with: "temporal_ordered")
      .replacing("timespan: 60s", with: "timespan: 60s\n  condition:\n    gte: 4")
    let rules = CompiledBase(Book.base(Book.rule("a", "user: root"), odd)).compile(Book.own())
    #expect(rules.refusals.map(\.rule) == ["odd"])
    #expect(rules.refusals.map(\.code) == [.unsupported])
    #expect(rules.plans.plainRules.keys.sorted() == ["a"])
  }

  @Test func anOwnDocumentStandsInTheBaseOnesPlace() throws {
    let rules = Self.base.compile(
      Book.own(Book.record(Book.rule("a", level: "high", "user: admin"), version: 4)))
    #expect(rules.hitIDs(("user", "root")) == [])
    let hit = try #require(rules.hits(Book.event([("user", "admin")])).first)
    #expect((hit.ruleID, hit.ruleVersion, hit.level) == ("a", 4, "high"))
    #expect(rules.refusals.isEmpty)
    #expect(rules.plans.families.count == 1)
    #expect(rules.record("a")?.version == 4)
    #expect(rules.record("b")?.version == 1)
  }

  @Test func aDisabledOwnDocumentStillHidesTheBaseOne() {
    let rules = Self.base.compile(
      Book.own(Book.record(Book.rule("a", "user: admin"), mode: .disabled)))
    #expect(rules.hitIDs(("user", "root")) == [])
    #expect(rules.hitIDs(("user", "admin")) == [])
  }

  @Test func anUnreadableOwnDocumentIsRefusedAndHidesTheBaseOne() {
    var record = Book.record(Book.rule("a", "user: admin"))
    record.source = "title: broken\nid: a\n"
    let rules = Self.base.compile(Book.own(record))
    #expect(rules.hitIDs(("user", "root")) == [])
    #expect(Set(rules.refusals.map(\.rule)) == ["a", "c"])
  }

  @Test func aDocumentUnderAnotherIDIsRefused() {
    var record = Book.record(Book.rule("x", "user: admin"))
    record.id = "y"
    let rules = Self.base.compile(Book.own(record))
    #expect(rules.refusals.map(\.rule) == ["y"])
  }

  @Test func anOwnFilterNarrowsBaseRules() {
    let rules = Self.base.compile(
      Book.own(Book.record(Book.filter("f", of: ["a"], "host: lab"))))
    #expect(rules.hitIDs(("user", "root"), ("host", "lab")) == [])
    #expect(rules.hitIDs(("user", "root"), ("host", "prod")) == ["a"])
    #expect(rules.hitIDs(("host", "web")) == ["b"])
    #expect(rules.detector.layers.map(\.rules.count) == [2, 1])
    #expect(rules.hits(Book.event([("user", "root")])).map(\.ruleVersion) == [1])
  }

  @Test(arguments: [RuleMode.disabled, .shadow])
  func aFilterThatIsNotEnabledNarrowsNothing(mode: RuleMode) {
    let base = CompiledBase(
      Book.base(Book.rule("a", "user: root"), Book.filter("f", of: [], "host: lab")))
    #expect(base.compile(Book.own()).hitIDs(("user", "root"), ("host", "lab")) == [])
    let rules = base.compile(Book.own(modes: ["f": mode]))
    #expect(rules.hitIDs(("user", "root"), ("host", "lab")) == ["a"])
  }

  @Test func aFilterHoldsForTheOthersWhenOneOfItsRulesIsDisabled() {
    let base = CompiledBase(
      Book.base(
        Book.rule("a", "user: root"), Book.rule("b", "user: root"),
        Book.filter("f", of: ["a", "b"], "host: lab")))
    let rules = base.compile(Book.own(modes: ["a": .disabled]))
    #expect(rules.hitIDs(("user", "root"), ("host", "lab")) == [])
    #expect(rules.hitIDs(("user", "root")) == ["b"])
    #expect(rules.refusals.isEmpty)
  }
}
