internal import Core
public import Postgres

/// The rules in the database: the installation's and the organizations' own, with all their versions,
/// and what was in force at each revision.
///
/// It does not read the documents: the caller has parsed and validated them. It checks values and
/// limits, not permissions.
public struct RuleStore: Sendable {
  let pool: PostgresPool
  public let limits: RuleLimits

  public init(pool: PostgresPool, limits: RuleLimits = RuleLimits()) {
    self.pool = pool
    self.limits = limits
  }

  /// The channel on which each change is announced; the payload is the organization, or empty for the
  /// installation.
  public static let channel = "harrier_rules"
}

/// What a change of rules came to.
enum ChangeOutcome<Value: Sendable>: Sendable {
  /// The value, and what the journal keeps, as a JSON object.
  case made(Value, journal: String)
  /// Nothing had to change: no revision is made.
  case unchanged(Value)
}

/// Ends a transaction that has nothing to commit.
private struct NothingToCommit<Value: Sendable>: Error {
  let value: Value
}

extension RuleStore {
  /// Runs a change of rules: from its first statement to its end no commit of events of the
  /// organization (of any, for the installation) is under way, nor any other change.
  ///
  /// - Parameters:
  ///   - organization: nil for the installation.
  ///   - body: gets the new revision.
  func change<Value: Sendable>(
    _ organization: OrganizationID?, actor: String,
    _ body: @Sendable (isolated PostgresConnection, Int64) throws -> ChangeOutcome<Value>
  ) async throws -> Value {
    try check(actor, "actor", atMost: limits.textBytes)
    let scope = PostgresValue.optionalInt4(organization?.rawValue)
    do {
      return try await pool.withConnection { connection in
        try connection.transaction {
          let revision = try connection.query(Self.begin, [scope]) { try $0.int8(0) }[0]
          switch try body(connection, revision) {
          case .unchanged(let value): throw NothingToCommit(value: value)
          case .made(let value, let journal):
            try connection.execute(Self.sign, [.int8(revision), .text(actor), .jsonb(journal)])
            return value
          }
        }
      }
    } catch let nothing as NothingToCommit<Value> {
      return nothing.value
    } catch let error as PostgresError where error.sqlState == "55P03" {
      throw RuleStoreError(
        .busy, "commits of events or other changes of rules did not end in time: try again")
    } catch let error as PostgresError
      where error.constraint == "rule_revisions_organization_id_fkey"
    {
      throw RuleStoreError(
        .notFound, "there is no such organization", field: "organization")
    }
  }

  /// A text that must be there and must not be longer than `limit` bytes.
  func check(_ text: String, _ field: String, atMost limit: Int) throws {
    guard !text.isEmpty, !text.utf8.contains(0) else {
      throw RuleStoreError(
        .invalid, "\(field) must not be empty and must not hold U+0000", field: field)
    }
    guard text.utf8.count <= limit else {
      throw RuleStoreError.tooMany(
        field, "\(field) has \(text.utf8.count) bytes: make it \(limit) at most", limit: limit)
    }
  }

  /// What every document must fulfil, whoever's it is.
  func check(_ document: RuleDocument) throws {
    try check(document.id, "id", atMost: 512)
    for (field, text) in [
      ("title", document.title), ("level", document.level), ("source", document.source),
    ] where text.utf8.contains(0) {
      throw RuleStoreError(
        .invalid, "\(field) of rule \"\(document.id)\" must not hold U+0000", field: field)
    }
  }

  private static let begin = PostgresStatement("rules.change", "select rules_change($1::int)")
  private static let sign = PostgresStatement(
    "rules.sign",
    """
    update rule_revisions
    set actor = $2, change = $3
    where revision = $1
    """)
}

/// The case that a stored text names.
func named<Value: RawRepresentable<String>>(_ text: String) throws -> Value {
  guard let value = Value(rawValue: text) else {
    throw RuleStoreError(.unknownValue, "\(Value.self) has no value \"\(text)\"")
  }
  return value
}
