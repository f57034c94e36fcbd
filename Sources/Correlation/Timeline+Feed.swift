internal import Core

/// A change of what a correlation passes on to those that refer to it.
struct FeedChange: Sendable {
  let detection: Detection
  let kind: Item.Feeds
  /// False where the condition no longer holds at the event.
  let holds: Bool
}

extension Timeline {
  /// Brings what is passed on in line with what holds in `zone` and at the moment after it.
  mutating func feed(_ zone: ClosedRange<Int64>, _ plan: CorrelationPlan) -> [FeedChange] {
    var changes = withdrawn.flatMap { difference(from: $0.fed, to: [], $0.detection, plan) }
    withdrawn = []
    var next = index(from: zone.lowerBound)
    var previous = next > 0 ? next - 1 : nil
    while next < items.count {
      let tick = next..<tickEnd(next)
      let isPastZone = items[next].ts > zone.upperBound
      var begins = false
      if items[next].holds {
        let continues = previous.map {
          items[$0].holds && items[next].ts.adding(-items[$0].ts) <= plan.timespan
        }
        begins = continues != true
      }
      for index in tick {
        var wanted: Item.Feeds = items[next].holds ? .everyTick : []
        // One event for one beginning: the last of those that share its time, as `firstFire` has it.
        if begins, index == tick.upperBound - 1 { wanted.insert(.beginnings) }
        guard items[index].fed != wanted else { continue }
        changes += difference(from: items[index].fed, to: wanted, items[index].detection, plan)
        setFed(wanted, at: index)
      }
      previous = next
      next = tick.upperBound
      if isPastZone { break }
    }
    return changes
  }

  private func difference(
    from old: Item.Feeds, to new: Item.Feeds, _ detection: Detection, _ plan: CorrelationPlan
  ) -> [FeedChange] {
    let found = detection.found(by: plan.ruleID, adding: group.values)
    return [Item.Feeds.everyTick, .beginnings].compactMap { kind in
      guard old.contains(kind) != new.contains(kind) else { return nil }
      return FeedChange(detection: found, kind: kind, holds: new.contains(kind))
    }
  }
}
