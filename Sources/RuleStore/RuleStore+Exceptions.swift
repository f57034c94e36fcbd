public import Core
internal import Postgres

extension RuleStore {
  /// Makes an exception.
  ///
  /// Those that expired more than an hour ago are ended by the way, so that the limit bounds what
  /// everyone who reads the rules has to hold.
  ///
  /// - Throws: `invalid`, `not_found` for the rule or the organization, `limit_exceeded`, `busy`.
  public func addException(
    _ new: NewRuleException, organization: OrganizationID, actor: String
  ) async throws -> (revision: Int64, exception: RuleException) {
    let checked = try check(new)
    do {
      return try await change(organization, actor: actor) { connection, revision in
        let made = try insert(checked, organization, revision, actor, on: connection)
        return .made((revision, made), journal: RuleJournal.added(made))
      }
    } catch let error as PostgresError
      where ["22P02", "22P05", "22021"].contains(error.sqlState)
      || error.constraint == "rule_exceptions_match_check"
    {
      throw RuleStoreError(
        .invalid, "match must be a JSON object or list that PostgreSQL can hold", field: "match")
    } catch let error as PostgresError where error.constraint == "rule_exceptions_expiry" {
      throw Self.isPast
    }
  }

  /// Ends an exception before its time. One that has ended stays as it is.
  ///
  /// - Returns: the change's revision; the effective one where nothing had to change.
  /// - Throws: `not_found`, `busy`.
  public func endException(
    _ id: Int64, organization: OrganizationID, actor: String
  ) async throws -> Int64 {
    try await change(organization, actor: actor) { connection, revision in
      let key: [PostgresValue] = [.int4(organization.rawValue), .int8(id)]
      let states = try connection.query(Self.isOpen, key) { try $0.bool(0) }
      guard let isOpen = states.first else {
        throw RuleStoreError(.notFound, "there is no exception \(id)", field: "id")
      }
      guard isOpen else {
        return .unchanged(
          max(
            try Self.baseRevision(at: revision - 1, on: connection),
            try Self.ownRevision(of: organization, at: revision - 1, on: connection)))
      }
      try connection.execute(Self.endOne, key + [.int8(revision), .text(actor)])
      return .made(revision, journal: RuleJournal.ended(id))
    }
  }

  /// The organization's exceptions, newest first, with how often each held.
  ///
  /// - Parameters:
  ///   - includingEnded: also those that were ended; expired ones may be among the others.
  ///   - before: the id at which the page before ended; nil for the first page.
  public func exceptions(
    _ organization: OrganizationID, includingEnded: Bool = false, before: Int64? = nil,
    limit: Int = 100
  ) async throws -> [RuleExceptionRecord] {
    try await pool.withConnection { connection in
      try connection.query(
        Self.listExceptions,
        [
          .int4(organization.rawValue), .int8(before ?? .max), .int8(Self.page(limit)),
          .bool(includingEnded),
        ], row: RuleExceptionRecord.init)
    }
  }

  /// One exception of the organization; nil where it has none of that id.
  public func exception(
    _ id: Int64, _ organization: OrganizationID
  ) async throws -> RuleExceptionRecord? {
    guard id < .max else { return nil }
    return try await exceptions(organization, includingEnded: true, before: id + 1, limit: 1)
      .first { $0.exception.id == id }
  }

  /// The exception with its address in canonical form.
  private func check(_ new: NewRuleException) throws -> NewRuleException {
    var checked = new
    guard new.ruleID != nil || new.entity != nil || new.match != nil else {
      throw RuleStoreError(
        .invalid, "an exception needs a rule, an entity or a match", field: "rule")
    }
    try check(new.reason, "reason", atMost: limits.textBytes)
    if let id = new.ruleID { try check(id, "rule", atMost: 512) }
    if let match = new.match { try check(match, "match", atMost: limits.matchBytes) }
    if let entity = new.entity {
      try check(entity.value, "entity", atMost: limits.textBytes)
      guard ["ip", "host", "user"].contains(entity.type) else {
        throw RuleStoreError(.invalid, "entity must be an ip, a host or a user", field: "entity")
      }
      if entity.type == "ip" {
        guard let address = IPAddress(entity.value) else {
          throw RuleStoreError(
            .invalid, "entity must have an IPv4 or IPv6 address", field: "entity")
        }
        checked.entity?.value = address.description
      }
    }
    guard new.expiresAt > .now, new.expiresAt <= .latest else {
      throw Self.isPast
    }
    return checked
  }

  private static var isPast: RuleStoreError {
    RuleStoreError(.invalid, "expires_at must be in the future", field: "expires_at")
  }

  private func insert(
    _ new: NewRuleException, _ organization: OrganizationID, _ revision: Int64, _ actor: String,
    on connection: isolated PostgresConnection
  ) throws -> RuleException {
    if let id = new.ruleID, try Self.record(id, organization, on: connection) == nil {
      throw RuleStoreError(.notFound, "there is no rule \"\(id)\"", field: "rule")
    }
    try connection.execute(Self.endExpired, [.int4(organization.rawValue), .int8(revision)])
    let count = try connection.query(Self.countOpen, [.int4(organization.rawValue)]) {
      try $0.int8(0)
    }[0]
    guard count < limits.exceptions else {
      throw RuleStoreError.tooMany(
        "exceptions",
        "the organization has \(count) exceptions, the most it may have: end one first",
        limit: limits.exceptions)
    }
    return try connection.query(
      Self.insertException,
      [
        .int4(organization.rawValue), .int8(revision), .text(actor), .optionalText(new.ruleID),
        .optionalText(new.entity?.type), .optionalText(new.entity?.value),
        .optionalJSONB(new.match), .text(new.reason),
        .timestamptz(microseconds: new.expiresAt.microseconds),
      ], row: RuleException.init)[0]
  }
}
