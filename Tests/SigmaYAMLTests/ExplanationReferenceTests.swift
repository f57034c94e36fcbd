import Core
import Sigma
import SigmaYAML
import Testing

/// What hits of the rules of SigmaHQ say on labelled events, prepared and not.
@Suite(.enabled(if: ReferenceRunTests.isPresent, "shared data is absent"))
struct ExplanationReferenceTests {
  @Test(arguments: [("evtx", 25), ("cloud", 25), ("synth", 25)])
  func preparedRulesSayTheSame(set name: String, step: Int) throws {
    let rules = try ReferenceRunTests.loaded.get().set.rules
    let labels = Dictionary(
      uniqueKeysWithValues: try ReferenceRunTests.lines(
        name + ".expected", as: ReferenceRunTests.Label.self
      ).map { ($0.eventId, Set($0.matchedRuleIds)) })
    var scratch = ExplanationScratch()
    var explained = 0
    let lines = try ReferenceRunTests.lines(
      name + ".events", as: ReferenceRunTests.LabelledEvent.self)
    for (number, line) in lines.enumerated() where number.isMultiple(of: step) {
      let matched = labels[line.eventId] ?? []
      var event = EventFields()
      for (field, value) in line.fields { event.append(name: field, value: value) }
      let flat = NaiveEvent(event)
      scratch.read(event)
      // Rules that match, and some that do not.
      for (index, rule) in rules.enumerated()
      where matched.contains(rule.id) || (index + number) % 1000 == 0 {
        let json = PreparedExplainer(rule).json(of: event, scratch: &scratch)
        #expect(String(decoding: json, as: UTF8.self) == RuleExplainer().explain(rule, flat).json)
        explained += 1
      }
    }
    #expect(explained > lines.count / step)
  }
}
