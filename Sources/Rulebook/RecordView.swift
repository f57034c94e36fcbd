internal import RuleStore

/// The records that an organization sees, each with the mode in which it has it.
struct RecordView: Sendable {
  let base: [String: RuleRecord]
  let own: [String: RuleRecord]
  let baseModes: [String: RuleMode]
  /// Of the organization's own.
  let ownTags: [String: [String]]

  func record(_ id: String) -> RuleRecord? {
    if let record = own[id] { return record }
    guard var record = base[id] else { return nil }
    if let mode = baseModes[id] { record.mode = mode }
    return record
  }

  func mode(of id: String) -> RuleMode {
    own[id]?.mode ?? baseModes[id] ?? base[id]?.mode ?? .enabled
  }

  func version(of id: String) -> Int32 {
    (own[id] ?? base[id])?.version ?? 1
  }
}
