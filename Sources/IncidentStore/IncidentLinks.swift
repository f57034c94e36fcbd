public import Core
public import Correlation
public import Postgres

/// Merges and splits: links between incidents that people make and can take back.
///
/// A merged incident keeps its own evidence and journal; it is shown with the one that it is merged into,
/// which is never merged itself, so that there are no chains and no cycles. Merging an incident that
/// others are merged into takes them along. Asking twice for the same changes nothing the second time.
public enum IncidentLinks {
  /// The most incidents that can be merged into one.
  public static let largestFamily = 500
  /// The most events that one split takes.
  public static let mostEvents = 1000

  /// What became of it.
  public enum Result: Sendable, Equatable {
    /// The incident, and the entry of the journal by which it can be undone; nil where there is none.
    case changed(Incident, sequence: Int64?)
    case stale(Incident)
    /// Which of the incidents that were named is not there; nil is the one that it is about.
    case notFound(Int?)
    case refused([FieldError], current: Incident)
  }

  /// Puts incidents under another.
  public static func merge(
    _ organization: OrganizationID, _ named: [IncidentReference], into target: IncidentID,
    ifRevision revision: Int32? = nil, actor: String, on connection: isolated PostgresConnection
  ) throws -> Result {
    try connection.transaction {
      let work = try LinkWork(organization, target, actor, on: connection)
      guard let master = work.master else { return .notFound(nil) }
      let others: [LinkedIncident]
      switch try work.find(named, on: connection) {
      case .success(let found): others = found
      case .failure(let missing): return .notFound(missing.place)
      }
      let fresh = others.filter { $0.parent != target }
      if fresh.isEmpty {
        return .changed(master, sequence: try work.last("merge", on: connection)?.sequence)
      }
      if let revision, revision != master.revision { return .stale(master) }
      let problems = work.problems(merging: others)
      guard problems.isEmpty else { return .refused(problems, current: master) }
      let inherited = try work.children(of: fresh.map(\.id), on: connection)
      let size = try work.children(of: [target], on: connection).count
      guard size + fresh.count + inherited.count <= largestFamily else {
        let detail = "at most \(largestFamily) incidents can be merged into one"
        return .refused([.notAllowed("/incidents", detail)], current: master)
      }
      try work.link(fresh + inherited, on: connection)
      return try work.finish(
        "merge", "absorbed", [("incidents", work.names(fresh))], members: fresh + inherited,
        on: connection)
    }
  }

  /// Lets incidents that people merged stand alone again, each where it stood before.
  public static func split(
    _ organization: OrganizationID, _ named: [IncidentReference], from target: IncidentID,
    ifRevision revision: Int32? = nil, actor: String, on connection: isolated PostgresConnection
  ) throws -> Result {
    try connection.transaction {
      let work = try LinkWork(organization, target, actor, on: connection)
      guard let master = work.master else { return .notFound(nil) }
      let others: [LinkedIncident]
      switch try work.find(named, on: connection) {
      case .success(let found): others = found
      case .failure(let missing): return .notFound(missing.place)
      }
      if let last = try work.last("split", on: connection),
        others.allSatisfy({ $0.parent != target && last.members.contains($0.id) })
      {
        return .changed(master, sequence: last.sequence)
      }
      if let revision, revision != master.revision { return .stale(master) }
      let problems = work.problems(splitting: others)
      guard problems.isEmpty else { return .refused(problems, current: master) }
      let along = try work.unlink(others, on: connection)
      return try work.finish(
        "split", "split_off", [("incidents", work.names(others))], members: others + along,
        on: connection)
    }
  }

  /// Takes back the last merge or split of an incident that was not taken back yet.
  ///
  /// - Parameter sequence: its entry in the journal.
  public static func undo(
    _ organization: OrganizationID, _ target: IncidentID, sequence: Int64,
    ifRevision revision: Int32? = nil, actor: String, on connection: isolated PostgresConnection
  ) throws -> Result {
    try connection.transaction {
      let work = try LinkWork(organization, target, actor, on: connection)
      guard let master = work.master else { return .notFound(nil) }
      let operations = try work.operations(on: connection)
      if operations.contains(where: { $0.sequence == sequence && $0.isUndone }) {
        return .changed(master, sequence: nil)
      }
      if let revision, revision != master.revision { return .stale(master) }
      guard let last = operations.first(where: { !$0.isUndone }), last.sequence == sequence else {
        let isSystems = try work.isMadeByCorrelation(sequence, on: connection)
        let problem = work.nothingToUndo(
          sequence, last: operations.first { !$0.isUndone }, isSystems: isSystems)
        return .refused([problem], current: master)
      }
      let members = try work.load(last.members, on: connection)
      let strangers = try work.children(of: last.members, on: connection).filter {
        !last.members.contains($0.id)
      }
      var problems = work.problems(undoing: last, members, parentsOfOthers: strangers.map(\.parent))
      if last.kind == "split_events", try work.haveSplits(last.members, on: connection) {
        problems.append(
          .notAllowed("", "events were split off what was split off here, since: undo that first"))
      }
      guard problems.isEmpty else { return .refused(problems, current: master) }
      switch last.kind {
      case "merge":
        let (free, back) = (
          members.filter { last.parent(of: $0.id) == $0.id },
          members.filter { last.parent(of: $0.id) != $0.id }
        )
        let along = Set(try work.unlink(free, on: connection).map(\.id))
        try work.giveBack(
          back.filter { !along.contains($0.id) }, to: last, freed: free, on: connection)
      case "split_events":
        try work.takeBackEvents(into: last.members, on: connection)
        try work.link(members, on: connection)
      default: try work.link(members, on: connection)
      }
      return try work.finishUndoing(last, on: connection)
    }
  }
}
