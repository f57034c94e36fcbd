internal import Core
internal import Correlation
internal import Postgres

/// One merge, split or undo in its transaction, under the lock of the organization's counter.
struct LinkWork {
  let organization: OrganizationID
  let target: IncidentID
  let actor: String
  /// Nil where the organization has none of that id.
  private(set) var master: Incident?

  init(
    _ organization: OrganizationID, _ target: IncidentID, _ actor: String,
    on connection: isolated PostgresConnection
  ) throws {
    self.organization = organization
    self.target = target
    self.actor = actor
    try IncidentUpdates.lock(organization, on: connection)
    master = try IncidentQueries.item(organization, target, on: connection)
  }

  var tenant: PostgresValue { .int4(organization.rawValue) }

  // MARK: What is there

  /// The named incidents, each once, or the place of the first that is not there.
  func find(
    _ named: [IncidentReference], on connection: isolated PostgresConnection
  ) throws -> Swift.Result<[LinkedIncident], MissingIncident> {
    var ids: [IncidentID] = []
    for (place, reference) in named.enumerated() {
      guard let id = try reference.id(organization, on: connection) else {
        return .failure(MissingIncident(place: place))
      }
      ids.append(id)
    }
    let found = try load(ids, on: connection)
    if let place = ids.firstIndex(where: { id in !found.contains { $0.id == id } }) {
      return .failure(MissingIncident(place: place))
    }
    return .success(found)
  }

  func load(
    _ ids: [IncidentID], on connection: isolated PostgresConnection
  ) throws -> [LinkedIncident] {
    try connection.query(Self.findLinked, [tenant, ids.value], row: Self.linked)
  }

  func children(
    of ids: [IncidentID], on connection: isolated PostgresConnection
  ) throws -> [LinkedIncident] {
    try connection.query(Self.findChildren, [tenant, ids.value], row: Self.linked)
  }

  /// The newest first.
  func operations(on connection: isolated PostgresConnection) throws -> [LinkOperation] {
    try connection.query(Self.findOperations, [tenant, target.value]) { row in
      LinkOperation(
        sequence: try row.int8(0), kind: try row.text(1), members: try Self.ids(row.uuidArray(2)),
        parents: try Self.ids(row.uuidArray(3)), isUndone: !row.isNull(4))
    }
  }

  func last(
    _ kind: String, on connection: isolated PostgresConnection
  ) throws -> LinkOperation? {
    try operations(on: connection).first { $0.kind == kind && !$0.isUndone }
  }

  /// Whether events of some incidents were put into others.
  func haveSplits(
    _ ids: [IncidentID], on connection: isolated PostgresConnection
  ) throws -> Bool {
    try connection.query(Self.findSplits, [tenant, ids.value]) { try $0.bool(0) }.first ?? false
  }

  func isMadeByCorrelation(
    _ sequence: Int64, on connection: isolated PostgresConnection
  ) throws -> Bool {
    try connection.query(Self.findSystemEntry, [tenant, .int8(sequence)]) { _ in true }.first
      ?? false
  }

  private static func linked(_ row: PostgresRow) throws -> LinkedIncident {
    LinkedIncident(
      id: IncidentQueries.id(try row.uuid(0)), number: try row.int8(1),
      parent: try row.optionalUUID(2).map { IncidentQueries.id($0) },
      correlationShows: try row.optionalUUID(3).map { IncidentQueries.id($0) })
  }

  private static func ids(_ values: [(high: UInt64, low: UInt64)?]) -> [IncidentID] {
    values.compactMap { $0.map { IncidentQueries.id($0) } }
  }

  // MARK: What is done

  /// Merges incidents into the target, wherever they stood before.
  func link(
    _ members: [LinkedIncident], on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      Self.linkMembers, [tenant, members.map(\.id).value, target.value])
    for member in members {
      var detail = [("merged_into", JSONText.string(target.description))]
      if let parent = member.parent { detail.append(("from", JSONText.string(parent.description))) }
      try journal(member.id, "merged", detail, on: connection)
    }
  }

  /// Takes incidents out of the target. What correlation has merged elsewhere goes there, and what it has
  /// merged into one of them comes along.
  ///
  /// - Returns: those that came along, as they stood before.
  @discardableResult
  func unlink(
    _ members: [LinkedIncident], on connection: isolated PostgresConnection
  ) throws -> [LinkedIncident] {
    let children = try children(of: [target], on: connection)
    let places = members.map { $0.placeOfCorrelation(outside: target) }
    let alone = zip(members, places).filter { $0.1 == nil }.map(\.0)
    try connection.execute(Self.unlinkMembers, [tenant, alone.map(\.id).value])
    for member in alone {
      let detail = [("from", JSONText.string(target.description))]
      try journal(member.id, "split", detail, on: connection)
    }
    var along: [LinkedIncident] = []
    for (member, place) in zip(members, places) {
      if let place { try move(member.id, to: place, on: connection) }
      let root = place ?? member.id
      let moved = try connection.query(
        Self.moveCorrelated, [tenant, target.value, member.id.value, root.value]
      ) { IncidentQueries.id(try $0.uuid(0)) }
      for id in moved { try journalMove(id, to: root, on: connection) }
      along += children.filter { moved.contains($0.id) }
    }
    return along
  }

  private func move(
    _ id: IncidentID, to place: IncidentID, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(Self.moveMember, [tenant, id.value, place.value])
    try journalMove(id, to: place, on: connection)
  }

  private func journalMove(
    _ id: IncidentID, to place: IncidentID, on connection: isolated PostgresConnection
  ) throws {
    let detail = [
      ("merged_into", JSONText.string(place.description)),
      ("from", JSONText.string(target.description)),
    ]
    try journal(id, "merged", detail, on: connection)
  }

  /// Puts incidents that came along with others under those again, or under what shows them now.
  ///
  /// - Parameter freed: those others, as they stood before they were taken out.
  func giveBack(
    _ members: [LinkedIncident], to operation: LinkOperation, freed: [LinkedIncident],
    on connection: isolated PostgresConnection
  ) throws {
    for member in members {
      guard let parent = operation.parent(of: member.id) else { continue }
      let place = freed.first { $0.id == parent }?.placeOfCorrelation(outside: target)
      try move(member.id, to: place ?? parent, on: connection)
    }
  }

  /// Notes that incidents which are merged into the target show other events, as some were put into others.
  func touchOwners(
    ofEventsIn ids: [IncidentID], on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(Self.touchOwners, [tenant, ids.value, target.value])
  }

  func takeBackEvents(
    into ids: [IncidentID], on connection: isolated PostgresConnection
  ) throws {
    try touchOwners(ofEventsIn: ids, on: connection)
    try connection.execute(Self.deleteSplits, [tenant, ids.value])
  }

  /// Writes the target's entry in the journal, and keeps what undoing needs.
  func finish(
    _ kind: String, _ action: String, _ detail: [(String, String)], members: [LinkedIncident],
    on connection: isolated PostgresConnection
  ) throws -> IncidentLinks.Result {
    try connection.execute(Self.touch, [tenant, target.value])
    try journal(target, action, detail, on: connection)
    let parents = members.map { $0.parent ?? (kind == "split_events" ? target : $0.id) }
    let rows = try connection.query(
      Self.insertOperation,
      [tenant, target.value, .text(kind), members.map(\.id).value, parents.value]
    ) { try $0.int8(0) }
    let incident = try IncidentUpdates.present(organization, target, on: connection)
    return .changed(incident, sequence: rows.first)
  }

  func finishUndoing(
    _ operation: LinkOperation, on connection: isolated PostgresConnection
  ) throws -> IncidentLinks.Result {
    try connection.execute(Self.touch, [tenant, target.value])
    let detail = [
      ("sequence", String(operation.sequence)), ("kind", JSONText.string(operation.kind)),
    ]
    try journal(target, "undone", detail, on: connection)
    try connection.execute(
      Self.markUndone, [tenant, target.value, .int8(operation.sequence)])
    let incident = try IncidentUpdates.present(organization, target, on: connection)
    return .changed(incident, sequence: nil)
  }

  func names(_ members: [LinkedIncident]) -> String {
    JSONText.array(members.map { JSONText.string($0.id.description) })
  }

  func journal(
    _ id: IncidentID, _ action: String, _ detail: [(String, String)],
    on connection: isolated PostgresConnection
  ) throws {
    try IncidentUpdates.journal(
      organization, id, actor, action, JSONText.object(detail), on: connection)
  }
}

extension [IncidentID] {
  var value: PostgresValue { .uuidArray(map { ($0.uuid.high, $0.uuid.low) }) }
}
