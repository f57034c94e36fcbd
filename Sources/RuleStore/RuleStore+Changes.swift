public import Core
internal import Postgres

extension RuleStore {
  /// Makes a rule of the organization's own, or changes it. One with the id of a rule of the
  /// installation stands in its place.
  ///
  /// - Parameters:
  ///   - mode: nil keeps the one that the organization has for this id; `enabled` for a new one.
  ///   - version: what the caller has seen under this id, be it the installation's; 0 if the
  ///     organization must not have any yet; nil takes any.
  /// - Throws: `version_conflict`, `limit_exceeded`, `invalid`, `not_found` for the organization,
  ///   `busy`.
  public func put(
    _ document: RuleDocument, mode: RuleMode? = nil, organization: OrganizationID, actor: String,
    expecting version: Int32? = nil
  ) async throws -> RuleChange {
    try check(document)
    try check(document.source, "source", atMost: limits.documentBytes)
    return try await change(organization, actor: actor) { connection, revision in
      let current = try Self.record(document.id, organization, on: connection)
      try Self.check(current, of: document.id, is: version)
      let mode = mode ?? current?.mode ?? .enabled
      let own = current.flatMap { $0.isBase ? nil : $0 }
      if let own, own.document == document {
        guard own.mode != mode else {
          return .unchanged(try Self.unchanged(own, organization, before: revision, on: connection))
        }
        try Self.set(mode, of: own, organization, revision: revision, on: connection)
      } else {
        try checkRoom(
          for: own == nil ? 1 : 0, bytes: document.source.utf8.count, of: organization,
          on: connection)
        try Self.store(
          [document], of: organization.rawValue, mode: mode, revision: revision, actor: actor,
          on: connection)
      }
      let record = try Self.present(document.id, organization, on: connection)
      return .made(
        RuleChange(revision: revision, record: record),
        journal: RuleJournal.put(record, before: current))
    }
  }

  /// Sets what becomes of a rule's matches: of the organization's own rule, or, for this organization
  /// only, of the installation's.
  ///
  /// - Parameter basis: the effective revision that the caller has judged the change by; nil takes any.
  /// - Throws: `not_found`, `outdated`, `busy`.
  public func setMode(
    _ id: String, _ mode: RuleMode, organization: OrganizationID, actor: String,
    basedOn basis: Int64? = nil
  ) async throws -> RuleChange {
    try await change(organization, actor: actor) { connection, revision in
      try Self.check(basis, of: organization, before: revision, on: connection)
      guard let current = try Self.record(id, organization, on: connection) else {
        throw RuleStoreError.noRule(id)
      }
      guard current.mode != mode else {
        return .unchanged(
          try Self.unchanged(current, organization, before: revision, on: connection))
      }
      try Self.set(mode, of: current, organization, revision: revision, on: connection)
      return .made(
        RuleChange(
          revision: revision, record: try Self.present(id, organization, on: connection)),
        journal: RuleJournal.modeSet(current, to: mode))
    }
  }

  /// Ends a rule of the organization's own. Its versions stay readable; a rule of the installation
  /// with this id is back in force as it was.
  ///
  /// - Parameter basis: the effective revision that the caller has judged the change by; nil takes any.
  /// - Throws: `not_found`, `not_allowed` for a rule of the installation, `version_conflict`,
  ///   `outdated`, `busy`.
  public func delete(
    _ id: String, organization: OrganizationID, actor: String, expecting version: Int32? = nil,
    basedOn basis: Int64? = nil
  ) async throws -> RuleChange {
    try await change(organization, actor: actor) { connection, revision in
      try Self.check(basis, of: organization, before: revision, on: connection)
      guard let current = try Self.record(id, organization, on: connection) else {
        throw RuleStoreError.noRule(id)
      }
      guard !current.isBase else {
        throw RuleStoreError(
          .notAllowed, "rule \"\(id)\" is the installation's: disable it instead", field: "id")
      }
      try Self.check(current, of: id, is: version)
      try Self.end([id], of: organization.rawValue, revision: revision, on: connection)
      return .made(
        RuleChange(revision: revision, record: try Self.record(id, organization, on: connection)),
        journal: RuleJournal.deleted(current))
    }
  }

  private static func check(
    _ current: RuleRecord?, of id: String, is expected: Int32?
  ) throws {
    guard let expected, expected != current?.version ?? 0 else { return }
    let state = current.map { "has version \($0.version)" } ?? "does not exist"
    throw RuleStoreError(
      .versionConflict, "rule \"\(id)\" \(state): read it again", field: "version",
      current: current)
  }

  /// - Parameters:
  ///   - documents: new ones.
  ///   - bytes: of all new versions.
  func checkRoom(
    for documents: Int, bytes: Int, of organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws {
    let key: [PostgresValue] = [.int4(organization.rawValue)]
    let count = try connection.query(Self.countOwn, key) { try $0.int8(0) }[0]
    guard documents == 0 || Int(count) + documents <= limits.documents else {
      throw RuleStoreError.tooMany(
        "documents",
        "the organization has \(count) rules and may have \(limits.documents): delete some first",
        limit: limits.documents)
    }
    let stored = try connection.query(Self.sumVersions, key) { try $0.int8(0) }[0]
    guard stored + Int64(bytes) <= limits.versionBytes else {
      throw RuleStoreError.tooMany(
        "versions",
        "all versions of the organization's rules have \(stored) bytes, which leaves no room for "
          + "this: raise the limit, since versions are kept",
        limit: limits.versionBytes)
    }
  }

  /// Refuses a change that was judged by other rules than those before it.
  static func check(
    _ basis: Int64?, of organization: OrganizationID, before revision: Int64,
    on connection: isolated PostgresConnection
  ) throws {
    guard let basis, try latest(organization, before: revision, on: connection) != basis else {
      return
    }
    throw RuleStoreError(
      .outdated, "the organization's rules are no longer those of revision \(basis): look again")
  }

  static func latest(
    _ organization: OrganizationID, before revision: Int64,
    on connection: isolated PostgresConnection
  ) throws -> Int64 {
    max(
      try baseRevision(at: revision - 1, on: connection),
      try ownRevision(of: organization, at: revision - 1, on: connection))
  }

  static func set(
    _ mode: RuleMode, of rule: RuleRecord, _ organization: OrganizationID, revision: Int64,
    on connection: isolated PostgresConnection
  ) throws {
    let key: [PostgresValue] = [
      .int4(organization.rawValue), .int8(revision), .text(rule.id),
    ]
    if !rule.isBase {
      try end([rule.id], of: organization.rawValue, revision: revision, on: connection)
      try connection.execute(insertState, key + [.int4(rule.version), .text(mode.rawValue)])
      return
    }
    try connection.execute(endBaseMode, key)
    // As they come, rules of the installation are enabled.
    guard mode != .enabled else { return }
    try connection.execute(insertState, key + [.null, .text(mode.rawValue)])
  }

  static func present(
    _ id: String, _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> RuleRecord {
    guard let record = try record(id, organization, on: connection) else {
      throw RuleStoreError.noRule(id)
    }
    return record
  }

  private static func unchanged(
    _ record: RuleRecord, _ organization: OrganizationID, before revision: Int64,
    on connection: isolated PostgresConnection
  ) throws -> RuleChange {
    RuleChange(
      revision: try latest(organization, before: revision, on: connection), record: record)
  }

  private static let countOwn = PostgresStatement(
    "rules.count",
    """
    select count(*)
    from rule_states
    where organization_id = $1 and to_revision is null and version is not null
    """)
  // The length of a text is known without reading it.
  private static let sumVersions = PostgresStatement(
    "rules.version_bytes",
    """
    select coalesce(sum(octet_length(source) + 256), 0)::bigint
    from rule_versions
    where organization_id = $1
    """)
  private static let insertState = PostgresStatement(
    "rules.set_mode",
    """
    insert into rule_states (organization_id, from_revision, rule_id, version, mode)
    values ($1, $2, $3, $4::int, $5)
    """)
  private static let endBaseMode = PostgresStatement(
    "rules.end_base_mode",
    """
    update rule_states
    set to_revision = $2
    where organization_id = $1 and rule_id = $3 and to_revision is null and version is null
    """)
}

extension RuleRecord {
  var document: RuleDocument {
    RuleDocument(id: id, kind: kind, title: title, level: level, source: source)
  }
}
