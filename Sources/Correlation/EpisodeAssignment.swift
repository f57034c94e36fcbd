internal import Core

/// Which incidents go on standing for which runs.
///
/// Runs are served in order of time. Each keeps the oldest incident that it overlaps; a run and an
/// incident that are left over are joined if they rest on common events. Of the incidents still
/// left, those that a run covers are merged into its incident, and the others have no ground left.
struct EpisodeAssignment {
  private(set) var kept: [Episode?]
  private(set) var covered: [(episode: Episode, run: Int)] = []
  private(set) var left: [Episode] = []

  /// - Parameter evidence: the times of the events that a run or episode rests on.
  init(
    runs: [Run], old: [Episode], evidence: (_ first: Int64, _ last: Int64) -> ClosedRange<Int64>
  ) {
    kept = Array(repeating: nil, count: runs.count)
    var free = old.sorted { $0.age < $1.age }
    for (index, run) in runs.enumerated() {
      guard let oldest = free.firstIndex(where: { run.overlaps($0.range) }) else { continue }
      kept[index] = free.remove(at: oldest)
    }
    for (index, run) in runs.enumerated() where kept[index] == nil {
      let range = evidence(run.first, run.last)
      let match = free.firstIndex { episode in
        range.overlaps(evidence(episode.first.microseconds, episode.last.microseconds))
          && !runs.contains { $0.overlaps(episode.range) }
      }
      guard let match else { continue }
      kept[index] = free.remove(at: match)
    }
    for episode in free {
      if let run = runs.firstIndex(where: { $0.overlaps(episode.range) }) {
        covered.append((episode, run))
      } else {
        left.append(episode)
      }
    }
  }
}
