internal import Core
internal import Correlation

extension LinkWork {
  private var masterName: String { master?.name ?? "" }

  /// A merged incident is shown with the other one, and all is done there.
  private var mergedItself: [FieldError] {
    guard let parent = master?.mergedInto else { return [] }
    return [
      .notAllowed(
        "", "\(masterName) is merged itself: do it with \(parent), which it is merged into")
    ]
  }

  func problems(merging others: [LinkedIncident]) -> [FieldError] {
    mergedItself
      + others.compactMap { other in
        if other.id == target {
          return .notAllowed("/incidents", "\(other.name) cannot be merged into itself")
        }
        guard let parent = other.parent, parent != target else { return nil }
        return .notAllowed(
          "/incidents", "\(other.name) is merged into \(parent): split it off there")
      }
  }

  func problems(splitting others: [LinkedIncident]) -> [FieldError] {
    mergedItself
      + others.compactMap { other in
        guard other.parent == target else {
          return .notAllowed("/incidents", "\(other.name) is not merged into \(masterName)")
        }
        return other.correlationShows == target ? byCorrelation(other) : nil
      }
  }

  /// - Parameter others: what the incidents are merged into that are no members, but merged into one.
  func problems(
    undoing operation: LinkOperation, _ members: [LinkedIncident],
    parentsOfOthers others: [IncidentID?]
  ) -> [FieldError] {
    mergedItself
      + members.compactMap { member in
        switch operation.kind {
        case "merge":
          guard member.parent == target else {
            return .notAllowed("", "\(member.name) is no longer merged into \(masterName)")
          }
          let stoodAlone = operation.parent(of: member.id) == member.id
          return stoodAlone && member.correlationShows == target ? byCorrelation(member) : nil
        default:
          let isWhereItWasPut =
            member.parent.map {
              operation.members.contains($0) || $0 == member.correlationShows
            } ?? true
          guard isWhereItWasPut, !others.contains(member.id) else {
            return .notAllowed(
              "", "\(member.name) was merged, or others into it, since: undo that first")
          }
          return nil
        }
      }
  }

  func nothingToUndo(
    _ sequence: Int64, last: LinkOperation?, isSystems: Bool
  ) -> FieldError {
    if isSystems {
      return .notAllowed(
        "/sequence",
        "entry \(sequence) is what correlation found, which no person can undo: the incidents stand "
          + "for one episode")
    }
    guard let last else {
      return .notAllowed("/sequence", "\(masterName) has no merge or split that can be undone")
    }
    return .notAllowed(
      "/sequence",
      "the last merge or split of \(masterName) is entry \(last.sequence): undo that first")
  }

  private func byCorrelation(_ other: LinkedIncident) -> FieldError {
    .notAllowed(
      "/incidents",
      "correlation merged \(other.name): its events are the other incident's own, which no person can "
        + "undo")
  }
}
