import Core
import Correlation

/// What a store makes of the engine's actions, in memory.
struct IncidentBook {
  enum State: Equatable {
    case live, retracted
    case merged(IncidentID)
  }

  struct Entry {
    let ruleID: String
    let groupKey: String
    let number: Int64
    let since: Int64
    var firstFire: EventKey
    var lastHold: Timestamp
    var evidence: Set<EventKey>
    var state = State.live
    var corrections = 0
  }

  private(set) var entries: [IncidentID: Entry] = [:]
  private(set) var problems: [String] = []

  mutating func apply(_ actions: [IncidentAction]) {
    for action in actions { apply(action) }
  }

  private mutating func apply(_ action: IncidentAction) {
    switch action {
    case .open(let opening):
      entries[opening.id] = Entry(
        ruleID: opening.plan.ruleID, groupKey: opening.groupKey, number: Int64(entries.count + 1),
        since: opening.plan.since, firstFire: opening.firstFire, lastHold: opening.lastHold,
        evidence: Set(opening.evidence.map(\.key)))
      inherit(opening.inherits, opening.span, into: opening.id)
      entries[opening.id]?.evidence.subtract(opening.removed)
    case .amend(let amendment):
      guard var entry = entries[amendment.id], entry.state == .live else {
        problems.append("amends \(amendment.id), which is not live")
        return
      }
      switch amendment.firstFire {
      case .unchanged: break
      case .inherited(let other): entry.firstFire = entries[other]?.firstFire ?? entry.firstFire
      case .set(let key): entry.firstFire = key
      case .earliest(let key):
        let inherited = amendment.inherits.compactMap { entries[$0]?.firstFire }
        entry.firstFire = inherited.reduce(min(entry.firstFire, key), min)
      }
      entry.lastHold = amendment.lastHold
      if let replaced = amendment.replaced {
        entry.evidence = entry.evidence.filter { !replaced.contains($0.ts) }
      }
      for item in amendment.added where !entry.evidence.insert(item.key).inserted {
        problems.append("adds evidence twice to \(amendment.id)")
      }
      entries[amendment.id] = entry
      inherit(amendment.inherits, amendment.span, into: amendment.id)
      entry.evidence = entries[amendment.id]?.evidence ?? []
      for key in amendment.removed
      where entry.evidence.remove(key) == nil && amendment.inherits.isEmpty {
        problems.append("removes evidence that \(amendment.id) does not have")
      }
      if amendment.isNarrower {
        entry.evidence = entry.evidence.filter { amendment.span.contains($0.ts) }
      }
      if amendment.isCorrection { entry.corrections += 1 }
      entries[amendment.id] = entry
    case .merge(let id, let into):
      if entries[id]?.state != .live { problems.append("merges \(id), which is not live") }
      entries[id]?.state = .merged(into)
    case .retract(let id):
      if entries[id]?.state != .live { problems.append("retracts \(id), which is not live") }
      entries[id]?.state = .retracted
    }
  }

  private mutating func inherit(
    _ others: [IncidentID], _ span: ClosedRange<Timestamp>, into id: IncidentID
  ) {
    for other in others {
      let evidence = entries[other]?.evidence.filter { span.contains($0.ts) } ?? []
      entries[id]?.evidence.formUnion(evidence)
    }
  }

  var live: [Entry] { entries.values.filter { $0.state == .live } }

  /// The answer to a request for known incidents.
  func known(ruleIDs: [String], group: String? = nil, from: Timestamp, to: Timestamp)
    -> [KnownIncident]
  {
    entries.compactMap { id, entry in
      guard entry.state == .live, ruleIDs.contains(entry.ruleID),
        group == nil || group == entry.groupKey, entry.lastHold >= from, entry.firstFire.ts <= to
      else { return nil }
      return KnownIncident(
        ruleID: entry.ruleID, groupKey: entry.groupKey,
        episode: Episode(
          incident: id, age: entry.number, since: entry.since, first: entry.firstFire.ts,
          last: entry.lastHold))
    }
  }

  var outcomes: Set<Outcome> {
    Set(
      live.map {
        Outcome(
          ruleID: $0.ruleID, groupKey: $0.groupKey, firstFire: $0.firstFire,
          lastHold: $0.lastHold, evidence: $0.evidence)
      })
  }
}

/// An incident as far as it is a function of the set of detections.
struct Outcome: Hashable, CustomStringConvertible {
  let ruleID: String
  let groupKey: String
  let firstFire: EventKey
  let lastHold: Timestamp
  let evidence: Set<EventKey>

  var description: String {
    let seconds = evidence.sorted().map { "\($0.ts.microseconds / 1_000_000)#\($0.id.low)" }
    return
      "\(ruleID)[\(groupKey)] fires \(firstFire.ts.microseconds / 1_000_000)#\(firstFire.id.low)"
      + " until \(lastHold.microseconds / 1_000_000) on \(seconds.joined(separator: " "))"
  }
}
