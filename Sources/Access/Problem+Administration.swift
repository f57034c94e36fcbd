internal import Core

extension Problem {
  static func beyondOwnScopes(_ missing: ScopeSet) -> Problem {
    Problem(
      slug: "beyond_own_scopes", title: "The credential may not give this out", status: 403,
      detail: "this may do more than you: it has \(missing.names.joined(separator: ", "))")
  }

  static func tierNotAllowed(_ maximum: RateTier) -> Problem {
    Problem(
      slug: "tier_not_allowed", title: "The tier is not allowed", status: 403,
      detail: "the organization's policy allows tiers up to \(maximum.rawValue)")
  }

  static var lastAdministrator: Problem {
    Problem(
      slug: "last_admin", title: "The last administrator stays", status: 409,
      detail: "make someone else an administrator first")
  }

  static var passwordWrong: Problem {
    Problem(
      slug: "password_wrong", title: "The old password is wrong", status: 403,
      detail: "old_password is not the password of this user")
  }
}
