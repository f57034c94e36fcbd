internal import Core
internal import RuleStore
internal import Rulebook
internal import Sigma

/// What is told of a change of rules that is not made.
extension Problem {
  private static let maximumErrors = 100

  /// Documents that cannot run as written.
  static func refused(_ refusals: [RuleRefusal]) -> Problem {
    Problem(
      slug: "rule_refused", title: "The rule cannot be run as written", status: 422,
      detail: refusals.first.map { "line \($0.line): \(sentence($0))" } ?? "",
      errors: refusals.prefix(maximumErrors).map { refusal in
        FieldError(
          pointer: "line \(refusal.line)", code: refusal.code.rawValue, detail: sentence(refusal))
      })
  }

  /// In the words of `harrier rule check`.
  private static func sentence(_ refusal: RuleRefusal) -> String {
    (refusal.rule.map { "\($0): " } ?? "") + refusal.reason
  }

  /// The change would keep other rules from running.
  static func breaking(_ refusals: [RuleRefusal]) -> Problem {
    Problem(
      slug: "rule_in_use", title: "Other rules need the rule", status: 409,
      detail: "change these first: "
        + refusals.prefix(10).map { $0.rule ?? $0.file }.joined(separator: ", "),
      errors: refusals.prefix(maximumErrors).map { refusal in
        FieldError(
          pointer: refusal.rule ?? refusal.file, code: refusal.code.rawValue,
          detail: refusal.reason)
      })
  }

  static func ruleExists(_ ids: [String]) -> Problem {
    Problem(
      slug: "rule_exists", title: "The rule exists", status: 409,
      detail: "there is a rule \(ids.joined(separator: ", ")): PUT its new version to "
        + "/api/rules/{id} with If-Match",
      errors: ids.map {
        FieldError(pointer: $0, code: "exists", detail: "the organization sees a rule of this id")
      })
  }

  static func otherRule(_ ids: [String], wanted: String) -> Problem {
    Problem(
      slug: "rule_refused", title: "The rule cannot be run as written", status: 422,
      detail: "the body must be one document with the id \(wanted), and not "
        + (ids.isEmpty ? "none" : ids.joined(separator: ", ")),
      errors: [FieldError(pointer: "line 1", code: "value", detail: "id: it must be \(wanted)")])
  }

  static var rulesAreBusy: Problem {
    Problem(
      slug: "rules_busy", title: "Not changed now", status: 503,
      detail:
        "the organization's rules change too fast, or commits of events did not end: try again",
      retryAfterSeconds: 1)
  }

  /// What the store found wrong.
  init(_ error: RuleStoreError) {
    switch error.code {
    case .notFound: self = .noSuch("rule or exception")
    case .limitExceeded where ["documents", "versions", "exceptions"].contains(error.field):
      self.init(
        slug: "limit_exceeded", title: "More than is allowed", status: 409, detail: error.message)
    case .invalid, .limitExceeded:
      let name = error.field == "rule" ? "rule_id" : error.field ?? ""
      self = .invalidBody([
        FieldError(pointer: "/\(name)", code: error.code.rawValue, detail: error.message)
      ])
    case .notAllowed, .versionConflict:
      self.init(
        slug: "change_refused", title: "The change is not allowed", status: 409,
        detail: error.message)
    case .busy, .outdated: self = .rulesAreBusy
    case .unknownValue: self = .internalError
    }
  }
}
