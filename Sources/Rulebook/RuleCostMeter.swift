public import Core
internal import NIOConcurrencyHelpers

/// Says what each rule costs on this node.
///
/// In the background it takes one rule after the other and runs it alone, through a matcher of its own,
/// over a sample of the node's latest events, timing the thread's CPU. So a cost holds what the rule
/// would share with others, such as folding an event's text: the sum over all rules is far more than
/// all of them cost together, but the costs of two rules can be compared. It is an average over all
/// events, those of other log sources included, so it says what the rule does to this node's traffic.
public final class RuleCostMeter: Sendable {
  /// What a cost was measured of.
  struct Key: Hashable, Sendable {
    /// Nil for rules of the installation as they come.
    let organization: OrganizationID?
    let ruleID: String
    let version: Int32
  }

  private struct CountKey: Hashable {
    let organization: OrganizationID
    let ruleID: String
  }

  private struct Counts {
    var byRule: [CountKey: Int] = [:]
    var uncounted = 0
  }

  let sample: EventSample
  private let rulebook: Rulebook
  private let counts = NIOLockedValueBox(Counts())
  private let costs = NIOLockedValueBox<[Key: Double]>([:])

  /// Rules of organizations whose matches are counted.
  private static let maximumCounts = 100_000
  /// Rules that are measured, over all organizations that are known.
  private static let maximumRules = 50_000
  /// Events below which measuring says nothing.
  private static let leastEvents = 16
  /// It rests so many times as long as it has worked: 1 % of a core.
  private static let restFactor = 99
  private static let pause = Duration.seconds(30)

  /// - Parameter sampleSize: events that are kept, of at most 16 KiB each.
  public init(rulebook: Rulebook, sampleSize: Int = 256) {
    self.rulebook = rulebook
    sample = EventSample(capacity: sampleSize)
  }

  /// Offers an event to the sample; of most nothing is kept, and that costs next to nothing.
  @inline(__always)
  public func offer(_ event: EventFields) { sample.offer(event) }

  /// Counts the hits of one organization's batch.
  public func count(_ hits: [DetectionHit], of organization: OrganizationID) {
    guard !hits.isEmpty else { return }
    counts.withLockedValue { counts in
      for hit in hits {
        let key = CountKey(organization: organization, ruleID: hit.rule.id)
        if let index = counts.byRule.index(forKey: key) {
          counts.byRule.values[index] += 1
        } else if counts.byRule.count < Self.maximumCounts {
          counts.byRule[key] = 1
        } else {
          counts.uncounted += 1
        }
      }
    }
  }

  /// Matches that are in no count, since there were too many different ones.
  public var uncounted: Int { counts.withLockedValue { $0.uncounted } }

  /// The rules that run for an organization, disabled ones left out, by id.
  ///
  /// - Throws: the store's error, where the organization's rules are not known yet.
  public func costs(for organization: OrganizationID) async throws -> [RuleCost] {
    let rules = try await rulebook.current(organization)
    let measured = costs.withLockedValue { $0 }
    let counted = counts.withLockedValue { $0.byRule }
    return rules.running.map { key, rule in
      RuleCost(
        ruleID: rule.id, version: rule.version, nanosecondsPerEvent: measured[key],
        detections: counted[CountKey(organization: organization, ruleID: rule.id)] ?? 0)
    }
    .sorted { $0.ruleID < $1.ruleID }
  }

  /// The costliest rules of the installation, with the matches of all organizations: what an operator
  /// may see.
  public func costliest(_ limit: Int) -> [RuleCost] {
    let measured = costs.withLockedValue { $0 }.filter { $0.key.organization == nil }
      .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.ruleID < $1.key.ruleID }
      .prefix(limit)
    let wanted = Set(measured.map(\.key.ruleID))
    var detections: [String: Int] = [:]
    counts.withLockedValue { counts in
      for (key, count) in counts.byRule where wanted.contains(key.ruleID) {
        detections[key.ruleID, default: 0] += count
      }
    }
    return measured.map { key, nanoseconds in
      RuleCost(
        ruleID: key.ruleID, version: key.version, nanosecondsPerEvent: nanoseconds,
        detections: detections[key.ruleID] ?? 0)
    }
  }

  /// Measures until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      await measureAll(restFactor: Self.restFactor)
      do {
        try await Task.sleep(for: Self.pause)
      } catch {
        return
      }
    }
  }

  /// Measures each rule once that is in force for an organization that is known.
  func measureAll(restFactor: Int) async {
    let events = sample.events
    guard events.count >= Self.leastEvents else { return }
    let rules = rulebook.running.prefix(Self.maximumRules)
    for (key, rule) in rules {
      guard !Task.isCancelled else { return }
      let reading = RuleStopwatch.time(rule.rule, on: events)
      costs.withLockedValue { $0[key] = reading.nanosecondsPerEvent }
      do {
        try await Task.sleep(for: reading.spent * restFactor)
      } catch {
        return
      }
    }
    let seen = Set(rules.map(\.0))
    costs.withLockedValue { costs in costs = costs.filter { seen.contains($0.key) } }
  }
}

extension CompiledRules {
  /// The rules that run, as the meter knows them.
  var running: [(RuleCostMeter.Key, DetectionRule)] {
    detector.layers.enumerated().flatMap { position, layer in
      RuleCostMeter.rules(of: layer, position == 0 ? nil : organization)
    }
  }
}

extension Rulebook {
  /// The rules that run for any organization that is known, each once, and those of the installation
  /// even where an organization has disabled them.
  var running: [(RuleCostMeter.Key, DetectionRule)] {
    var bases: Set<ObjectIdentifier> = []
    var found: [(RuleCostMeter.Key, DetectionRule)] = []
    for rules in state.withLockedValue({ $0.current.values }) {
      if bases.insert(ObjectIdentifier(rules.base)).inserted {
        found += RuleCostMeter.rules(of: rules.base.standard.layers[0], nil)
      }
      for layer in rules.detector.layers.dropFirst() {
        found += RuleCostMeter.rules(of: layer, rules.organization)
      }
    }
    return found
  }
}

extension RuleCostMeter {
  fileprivate static func rules(
    of layer: DetectorLayer, _ organization: OrganizationID?
  ) -> [(Key, DetectionRule)] {
    layer.rules.indices.filter { !layer.mask.hides($0) }.map { index in
      let rule = layer.rules[index]
      return (Key(organization: organization, ruleID: rule.id, version: rule.version), rule)
    }
  }
}
