import Core
import Correlation
import Sigma
import SigmaYAML
import Testing

/// Random rules and events, from YAML to incidents, against a reference of its own: the same
/// incidents, first fires and evidence, in whatever order the events arrive.
@Suite struct StoryTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// The first are kept; the others are new each time.
  static let seeds: [UInt64] = {
    var system = SystemRandomNumberGenerator()
    return [1, 2] + (0..<4).map { _ in system.next() }
  }()

  @Test(arguments: seeds)
  func incidentsAreThoseOfTheReference(seed: UInt64) throws {
    var random = Generator(state: seed)
    var raised = 0
    for round in 0..<150 {
      let story = RandomStory(&random)
      let text = story.text(&random)
      let comment: Comment = "seed \(seed), round \(round)\n\(text)\n\(Self.shown(story))"
      let loaded = RuleLoader().load(text: text, file: "story")
      try #require(loaded.refusals.isEmpty, "\(loaded.refusals) \(comment)")
      let plans = CorrelationPlanSet(loaded.set)
      try #require(plans.refusals.isEmpty, comment)
      let expected = StoryReference(story).incidents
      raised += expected.count
      let detections = Self.detections(story, loaded.set)
      let end = Timestamp(microseconds: story.events.map(\.ts).max()!)
      for _ in 0..<3 {
        let found = OfflineCorrelation(plans: plans)
          .incidents(of: detections.shuffled(using: &random), until: end)
        try #require(Set(found.map(Self.incident)) == expected, comment)
        try #require(found.count == expected.count, comment)
      }
    }
    #expect(raised > 100, "the random rules hardly ever fire")
  }

  /// Through the matcher, as the service does.
  private static func detections(_ story: RandomStory, _ rules: RuleSet) -> [Detection] {
    var run = RuleRun(rules)
    for event in story.events {
      var fields = EventFields()
      fields.logSources = LogSourceSet([LogSource(category: "test")])
      for rule in event.matched { fields.append(name: "is_\(rule)", value: "1") }
      for (name, value) in event.fields { fields.append(name: name, value: value) }
      run.add(fields, at: Timestamp(microseconds: event.ts))
    }
    return run.detections
  }

  private static func incident(_ incident: OfflineIncident) -> StoryReference.Incident {
    StoryReference.Incident(
      rule: String(incident.plan.ruleID.dropFirst("id-".count)),
      group: Dictionary(uniqueKeysWithValues: incident.group.map { ($0.name, $0.value) }),
      firstFire: Int(incident.firstFire.id.low),
      evidence: Set(incident.evidence.map { Int($0.id.low) }))
  }

  private static func shown(_ story: RandomStory) -> String {
    story.events.enumerated().map { index, event in
      "#\(index) \(event.ts) \(event.matched.sorted()) \(event.fields.sorted { $0.key < $1.key })"
    }.joined(separator: "\n")
  }
}
