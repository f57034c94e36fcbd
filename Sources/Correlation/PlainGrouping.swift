internal import Core

/// The grouping of a plain rule's detections into episodes: a new one begins after a gap without any.
///
/// Its state is its incidents: they say all that a new detection has to know.
struct PlainGrouping {
  private struct Pending {
    var episode: Episode
    let known: Episode?
    var added: [Detection] = []
    var absorbed: [Episode] = []
  }

  let plan: CorrelationPlan
  let group: Group
  let age: () -> Int64

  /// - Parameters:
  ///   - detections: new ones of this group.
  ///   - known: the group's incidents within a gap of them.
  func apply(_ detections: [Detection], known: [Episode]) -> [IncidentAction] {
    var pending = known.sorted { $0.first < $1.first }.map { Pending(episode: $0, known: $0) }
    // Those that end too early for any detection still to come, or each would look at all of them.
    var done: [Pending] = []
    for detection in detections.sorted(by: { $0.key < $1.key }) {
      let low = detection.ts.advanced(byMicroseconds: -plan.timespan)
      done += pending.partitioning { $0.episode.last < low }
      place(detection, &pending)
    }
    return (done + pending).flatMap(actions)
  }

  private func place(_ detection: Detection, _ pending: inout [Pending]) {
    let low = detection.ts.advanced(byMicroseconds: -plan.timespan)
    let high = detection.ts.advanced(byMicroseconds: plan.timespan)
    var near = pending.partitioning { $0.episode.last >= low && $0.episode.first <= high }
    var target: Pending
    if let oldest = near.indices.min(by: { near[$0].episode.age < near[$1].episode.age }) {
      // Moved out, or each detection would copy those before it.
      target = near.remove(at: oldest)
      for other in near {
        target.episode.first = min(target.episode.first, other.episode.first)
        target.episode.last = max(target.episode.last, other.episode.last)
        target.added += other.added
        if let known = other.known { target.absorbed.append(known) }
        target.absorbed += other.absorbed
      }
    } else {
      target = Pending(
        episode: Episode(
          incident: IncidentID(firstFire: detection.ts), age: age(), since: plan.since,
          first: detection.ts, last: detection.ts),
        known: nil)
    }
    target.episode.first = min(target.episode.first, detection.ts)
    target.episode.last = max(target.episode.last, detection.ts)
    target.added.append(detection)
    pending.append(target)
  }

  private func actions(_ pending: Pending) -> [IncidentAction] {
    guard !pending.added.isEmpty else { return [] }
    let evidence = pending.added.sorted { $0.key < $1.key }.map { EvidenceItem($0) }
    guard let known = pending.known else {
      return [
        .open(
          IncidentOpening(
            id: pending.episode.incident, plan: plan, groupKey: group.key, group: group.values,
            firstFire: evidence[0].key, lastHold: pending.episode.last,
            span: pending.episode.first...pending.episode.last, evidence: evidence,
            measure: Double(evidence.count), inherits: [], removed: []))
      ]
    }
    let amendment = IncidentAmendment(
      id: known.incident,
      firstFire: evidence[0].key.ts > known.first && pending.absorbed.isEmpty
        ? .unchanged : .earliest(evidence[0].key), lastHold: pending.episode.last,
      span: pending.episode.first...pending.episode.last, isNarrower: false, replaced: nil,
      added: evidence,
      removed: [], isCorrection: !pending.absorbed.isEmpty || evidence[0].key.ts < known.last,
      inherits: pending.absorbed.map(\.incident))
    return [.amend(amendment)]
      + pending.absorbed.map { .merge($0.incident, into: known.incident) }
  }
}

extension Array {
  /// Takes out the elements for which `predicate` holds, and returns them.
  fileprivate mutating func partitioning(_ predicate: (Element) -> Bool) -> [Element] {
    let taken = filter(predicate)
    removeAll(where: predicate)
    return taken
  }
}
