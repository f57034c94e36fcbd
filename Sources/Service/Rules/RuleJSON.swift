internal import Core
internal import ListCache
internal import RuleStore
internal import Rulebook
internal import Sigma

extension JSONWriter {
  /// A rule as lists and items show it.
  mutating func ruleMembers(_ view: RuleView) {
    let record = view.record
    recordMembers(
      id: record.id, version: record.version, kind: record.kind, mode: record.mode,
      isBase: record.isBase, title: record.title, level: record.level)
    member("tags", view.tags)
    let attack = AttackTags(tags: view.tags)
    object("attack") { json in
      json.member("tactics", attack.tactics)
      json.member("techniques", attack.techniques)
    }
    member("created_at", record.createdAt)
    member("created_by", record.createdBy)
    object("cost") { json in
      json.member("ns_per_event", view.cost?.nanosecondsPerEvent)
      json.member("detections", view.cost?.detections)
    }
    member("state_bytes", view.stateBytes)
    member("refusal", view.refusal)
  }

  /// A version of a rule without its text.
  mutating func versionMembers(_ rule: RuleSummary) {
    recordMembers(
      id: rule.id, version: rule.version, kind: rule.kind, mode: rule.mode, isBase: rule.isBase,
      title: rule.title, level: rule.level)
    member("created_at", rule.createdAt)
    member("created_by", rule.createdBy)
  }

  private mutating func recordMembers(
    id: String, version: Int32, kind: RuleKind, mode: RuleMode, isBase: Bool, title: String,
    level: String
  ) {
    member("id", id)
    member("version", version)
    member("kind", kind.rawValue)
    member("title", title)
    member("level", level.isEmpty ? nil : level)
    member("mode", mode.rawValue)
    member("base", isBase)
  }

  /// An entry of the rules' journal. What another writer has committed is no business of a client.
  mutating func revisionMembers(_ entry: RuleRevision) {
    member("revision", entry.revision)
    member("base", entry.organization == nil)
    member("at", entry.createdAt)
    member("actor", entry.actor)
    member("change", json: entry.change.utf8)
  }
}

extension RuleRecord {
  /// What `If-Match` must name: it changes with the version and with the mode.
  var changeable: String { "v\(version)-\(mode.rawValue)" }
}

extension EntityTag {
  /// The tag of a rule's representation: what a change of the rule depends on, then a hash of all that
  /// is shown, which also changes with its cost.
  init(_ record: RuleRecord, _ body: [UInt8]) {
    self.init("\(record.changeable).\(EntityTag(body: body).value)")
  }

  /// A tag made of the bytes themselves.
  init(body: [UInt8]) {
    let made = EntityTag(header: CachedBody.uncached(LoadedBody(bytes: body)).etag)
    self = made ?? EntityTag("0")
  }

  /// The part of a rule's tag that a change depends on.
  var changeable: Substring { value.prefix { $0 != "." } }
}
