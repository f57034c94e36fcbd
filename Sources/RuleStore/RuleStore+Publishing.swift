internal import Core
internal import Postgres

extension RuleStore {
  /// Makes the rules of the installation these and no others: what differs from what is stored gets
  /// another version, what is no longer among them ends. Nothing is changed, and no revision made,
  /// where all are stored already.
  ///
  /// - Throws: `invalid` for two documents of one id, `limit_exceeded`, `busy`.
  public func publish(
    _ documents: [RuleDocument], actor: String
  ) async throws -> RulePublication {
    try checkPublished(documents)
    let digests = try await pool.withConnection { connection in
      try connection.query(Self.digest, [.textArray(documents.map(\.source))]) { try $0.bytea(0) }
    }
    // Mostly nothing has changed, and then commits of events need not wait.
    let known = try await pool.withConnection { connection in
      try connection.transaction(isolation: .readOnlySnapshot) { () -> RulePublication? in
        guard try Self.differences(documents, digests, on: connection).isEmpty else { return nil }
        return RulePublication(revision: try Self.baseRevision(at: nil, on: connection))
      }
    }
    if let known { return known }
    return try await change(nil, actor: actor) { connection, revision in
      let differences = try Self.differences(documents, digests, on: connection)
      guard !differences.isEmpty else {
        // Another node came first.
        return .unchanged(
          RulePublication(revision: try Self.baseRevision(before: revision, on: connection)))
      }
      try Self.end(
        differences.removed, of: Self.installation, revision: revision, on: connection)
      try Self.store(
        documents.filter { differences.stored.contains($0.id) }, of: Self.installation,
        mode: .enabled, revision: revision, actor: actor, on: connection)
      let made = RulePublication(
        revision: revision, added: differences.added,
        changed: differences.stored.count - differences.added, removed: differences.removed.count)
      return .made(made, journal: RuleJournal.published(made))
    }
  }

  private func checkPublished(_ documents: [RuleDocument]) throws {
    guard documents.count <= limits.publishedDocuments else {
      throw RuleStoreError.tooMany(
        "documents",
        "the installation has \(documents.count) rules: keep \(limits.publishedDocuments) at most",
        limit: limits.publishedDocuments)
    }
    var ids: Set<String> = []
    var bytes = 0
    for document in documents {
      try check(document)
      guard ids.insert(document.id).inserted else {
        throw RuleStoreError(
          .invalid, "two rules have the id \"\(document.id)\": give one of them another",
          field: "id")
      }
      bytes += document.source.utf8.count
    }
    guard bytes <= limits.publishedBytes else {
      throw RuleStoreError.tooMany(
        "source",
        "the installation's rules have \(bytes) bytes: keep \(limits.publishedBytes) at most",
        limit: limits.publishedBytes)
    }
  }

  private struct Differences {
    /// Those that are new or changed.
    var stored: Set<String> = []
    var added = 0
    var removed: [String] = []

    var isEmpty: Bool { stored.isEmpty && removed.isEmpty }
  }

  private static func differences(
    _ documents: [RuleDocument], _ digests: [[UInt8]], on connection: isolated PostgresConnection
  ) throws -> Differences {
    var found = Differences()
    _ = try connection.query(
      compare,
      [
        .textArray(documents.map(\.id)), .byteaArray(digests),
        .textArray(documents.map(\.kind.rawValue)), .textArray(documents.map(\.title)),
        .textArray(documents.map(\.level)),
      ]
    ) { row in
      let id = try row.text(0)
      if try row.bool(2) {
        found.removed.append(id)
      } else {
        found.stored.insert(id)
        if try row.bool(1) { found.added += 1 }
      }
    }
    return found
  }

  private static let digest = PostgresStatement(
    "rules.digest",
    """
    select sha256(convert_to(source, 'UTF8'))
    from unnest($1::text[]) with ordinality as documents (source, place)
    order by place
    """)
  private static let compare = PostgresStatement(
    "rules.compare",
    """
    select rule_id, stored.digest is null, given.digest is null
    from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[])
      as given (rule_id, digest, kind, title, level)
    full join (
      select rule_id, v.digest, v.kind, v.title, v.level
      from rule_states s
      join rule_versions v using (organization_id, rule_id, version)
      where s.organization_id = 0 and s.to_revision is null
    ) stored using (rule_id)
    where (given.digest, given.kind, given.title, given.level)
      is distinct from (stored.digest, stored.kind, stored.title, stored.level)
    """)
}
