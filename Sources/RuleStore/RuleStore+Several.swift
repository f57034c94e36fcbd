public import Core
internal import Postgres

extension RuleStore {
  /// Makes or changes several rules of the organization's own, all or none, as one change.
  ///
  /// - Parameters:
  ///   - documents: at least one, each with an id of its own.
  ///   - mode: of all; nil keeps what the organization has for each id, `enabled` for new ones.
  ///   - basis: the effective revision that the caller has judged the change by.
  /// - Throws: `limit_exceeded`, `invalid`, `not_found` for the organization, `outdated`, `busy`.
  public func put(
    _ documents: [RuleDocument], mode: RuleMode? = nil, organization: OrganizationID,
    actor: String, basedOn basis: Int64
  ) async throws -> RuleChanges {
    try checkTogether(documents)
    return try await change(organization, actor: actor) { connection, revision in
      try Self.check(basis, of: organization, before: revision, on: connection)
      let before = try documents.map { try Self.record($0.id, organization, on: connection) }
      var plan = BatchPlan()
      for (document, current) in zip(documents, before) {
        plan.add(document, current, mode: mode)
      }
      guard !plan.isEmpty else {
        let latest = try Self.latest(organization, before: revision, on: connection)
        return .unchanged(RuleChanges(revision: latest, records: before.compactMap(\.self)))
      }
      try checkRoom(for: plan.added, bytes: plan.bytes, of: organization, on: connection)
      for (rule, mode) in plan.modes {
        try Self.set(mode, of: rule, organization, revision: revision, on: connection)
      }
      for mode in RuleMode.allCases {
        try Self.store(
          plan.stored[mode] ?? [], of: organization.rawValue, mode: mode, revision: revision,
          actor: actor, on: connection)
      }
      let made = try documents.map { try Self.present($0.id, organization, on: connection) }
      let changed = zip(made, before).filter { $0 != $1 }
      return .made(
        RuleChanges(revision: revision, records: made),
        journal: changed.count == 1
          ? RuleJournal.put(changed[0].0, before: changed[0].1)
          : RuleJournal.put(changed.map { (made: $0, before: $1) }))
    }
  }

  private func checkTogether(_ documents: [RuleDocument]) throws {
    precondition(!documents.isEmpty, "a change has at least one document")
    var ids: Set<String> = []
    for document in documents {
      try check(document)
      try check(document.source, "source", atMost: limits.documentBytes)
      guard ids.insert(document.id).inserted else {
        throw RuleStoreError(
          .invalid, "two rules have the id \"\(document.id)\": give one of them another",
          field: "id")
      }
    }
  }
}

/// What a change of several documents comes to.
private struct BatchPlan {
  /// New versions, by the mode that they get.
  var stored: [RuleMode: [RuleDocument]] = [:]
  /// Rules of which the mode alone changes.
  var modes: [(rule: RuleRecord, mode: RuleMode)] = []
  /// Rules that the organization does not have of its own yet.
  var added = 0
  var bytes = 0

  var isEmpty: Bool { stored.isEmpty && modes.isEmpty }

  mutating func add(_ document: RuleDocument, _ current: RuleRecord?, mode wanted: RuleMode?) {
    let mode = wanted ?? current?.mode ?? .enabled
    if let current, !current.isBase, current.document == document {
      if current.mode != mode { modes.append((current, mode)) }
      return
    }
    stored[mode, default: []].append(document)
    bytes += document.source.utf8.count
    if current?.isBase ?? true { added += 1 }
  }
}
