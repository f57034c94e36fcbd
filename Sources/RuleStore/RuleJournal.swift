internal import Core

/// What the rules' journal keeps of a change: `rule_revisions.change`.
enum RuleJournal {
  static func published(_ made: RulePublication) -> String {
    entry("published") {
      $0.member("added", made.added)
      $0.member("changed", made.changed)
      $0.member("removed", made.removed)
    }
  }

  static func put(_ rule: RuleRecord, before: RuleRecord?) -> String {
    entry(before == nil ? "created" : "changed") {
      members(of: rule, &$0)
      $0.member("replaced_version", before?.version)
    }
  }

  /// Several together.
  static func put(_ rules: [(made: RuleRecord, before: RuleRecord?)]) -> String {
    entry("changed") { json in
      json.array("rules") { json in
        for rule in rules {
          json.object {
            members(of: rule.made, &$0)
            $0.member("replaced_version", rule.before?.version)
          }
        }
      }
    }
  }

  static func modeSet(_ rule: RuleRecord, to mode: RuleMode) -> String {
    entry("mode_set") {
      $0.member("rule", rule.id)
      $0.member("base", rule.isBase)
      $0.member("version", rule.version)
      $0.member("from", rule.mode.rawValue)
      $0.member("mode", mode.rawValue)
    }
  }

  static func deleted(_ rule: RuleRecord) -> String {
    entry("deleted") { members(of: rule, &$0) }
  }

  static func added(_ exception: RuleException) -> String {
    entry("exception_added") {
      $0.member("exception", exception.id)
      $0.member("rule", exception.ruleID)
      if let entity = exception.entity {
        $0.object("entity") {
          $0.member("type", entity.type)
          $0.member("value", entity.value)
        }
      }
      if let match = exception.match { $0.member("match", json: match.utf8) }
      $0.member("reason", exception.reason)
      $0.member("expires_at", exception.expiresAt)
    }
  }

  static func ended(_ exception: Int64) -> String {
    entry("exception_ended") { $0.member("exception", exception) }
  }

  private static func members(of rule: RuleRecord, _ writer: inout JSONWriter) {
    writer.member("rule", rule.id)
    writer.member("kind", rule.kind.rawValue)
    writer.member("version", rule.version)
    writer.member("mode", rule.mode.rawValue)
  }

  private static func entry(_ action: String, _ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.object {
      $0.member("action", action)
      body(&$0)
    }
    return writer.text
  }
}
