import Core
import Sigma
import Testing

@testable import SigmaYAML

@Suite struct FilterTests {
  private func load(filter: String, logsource: String = "product: test") -> LoadedRules {
    SigmaYAMLTests.load(
      ruleText(detection: plain, more: "name: named") + "\n---\n"
        + ruleText(id: "r2", detection: plain, logsource: "{product: test, service: s}")
        + "\n---\ntitle: Administrators\nlogsource:\n  \(logsource)\nfilter:\n"
        + filter.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n") + "\n")
  }

  private func matches(_ rule: Rule, user: String) -> Bool {
    var event = EventFields()
    event.append(name: "Field", value: "value")
    event.append(name: "User", value: user)
    event.logSources = LogSourceSet([LogSource(product: "test", service: "s")])
    return NaiveEvaluator().matches(rule, NaiveEvent(event))
  }

  /// The specification's example names what to take away, converters' users what must hold.
  @Test(arguments: ["selection", "not selection"])
  func takesMatchesAway(condition: String) {
    let loaded = load(
      filter: "rules: [named]\nselection:\n  User|startswith: adm_\ncondition: \(condition)")
    #expect(loaded.refusals.isEmpty)
    #expect(!matches(loaded.set.rules[0], user: "adm_joe"))
    #expect(matches(loaded.set.rules[0], user: "joe"))
    #expect(matches(loaded.set.rules[1], user: "adm_joe"))
    #expect(loaded.set.rules[0].detection.conditionText.contains("not"))
  }

  @Test func anyTakesAllOfTheLogSource() {
    let all = load(filter: "rules: any\nselection:\n  User: joe\ncondition: selection")
    #expect(all.set.rules.allSatisfy { !matches($0, user: "joe") })
    let some = load(
      filter: "rules: any\nselection:\n  User: joe\ncondition: selection", logsource: "service: s")
    #expect(some.set.rules.map { matches($0, user: "joe") } == [true, false])
  }

  @Test func severalSearches() {
    let loaded = load(
      filter: "rules: [r1, r2]\na:\n  User: joe\nb:\n  User: jim\ncondition: not 1 of them")
    #expect(loaded.refusals.isEmpty)
    #expect(
      ["joe", "jim", "jack"].map { matches(loaded.set.rules[1], user: $0) } == [false, false, true])
  }

  @Test(arguments: [
    "rules: [nobody]\nselection:\n  User: joe\ncondition: selection",
    "selection:\n  User: joe\ncondition: selection",
    "rules: [r1]\ncondition: selection", "rules: [r1]\nselection:\n  User: joe",
    "rules: [r1]\nselection:\n  User|expand: '%x%'\ncondition: selection",
  ])
  func refusals(filter: String) {
    let loaded = load(filter: filter)
    #expect(loaded.set.rules.count == 2)
    #expect(loaded.refusals.map(\.rule) == ["Administrators"])
    #expect(loaded.set.rules.allSatisfy { matches($0, user: "joe") })
  }

  @Test func anotherLogSourceIsRefused() {
    let loaded = load(
      filter: "rules: [r1]\nselection:\n  User: joe\ncondition: selection", logsource: "service: s")
    #expect(loaded.refusals.map(\.code) == [.value])
  }
}
