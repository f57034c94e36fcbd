public import Core

/// What callers are told about their credentials. Each slug is stable; none says whether an account
/// or a key exists to someone who has not proved that he holds it.
extension Problem {
  public static var credentialsMissing: Problem {
    Problem(
      slug: "credentials_missing", title: "Credentials are needed", status: 401,
      detail: "send an access token or an API key as Authorization: Bearer, or a key as X-API-Key")
  }

  static func credentialsMalformed(_ detail: String) -> Problem {
    Problem(
      slug: "credentials_malformed", title: "The credentials cannot be read", status: 401,
      detail: detail)
  }

  static var credentialsInvalid: Problem {
    Problem(
      slug: "credentials_invalid", title: "The credentials are not valid", status: 401,
      detail:
        "the API key is unknown or its secret is wrong; create a key with `harrier key create`")
  }

  static var keyExpired: Problem {
    Problem(
      slug: "key_expired", title: "The API key has expired", status: 401,
      detail: "create a new key with `harrier key rotate`")
  }

  static var keyRevoked: Problem {
    Problem(
      slug: "key_revoked", title: "The API key was revoked", status: 401,
      detail: "create a new key with `harrier key create`")
  }

  static var tokenInvalid: Problem {
    Problem(
      slug: "token_invalid", title: "The access token is not valid", status: 401,
      detail: "log in again with POST /api/auth/login")
  }

  static var tokenExpired: Problem {
    Problem(
      slug: "token_expired", title: "The access token has expired", status: 401,
      detail: "exchange the refresh token with POST /api/auth/refresh")
  }

  static var sessionEnded: Problem {
    Problem(
      slug: "session_ended", title: "The session has ended", status: 401,
      detail: "log in again with POST /api/auth/login")
  }

  static var refreshTokenInvalid: Problem {
    Problem(
      slug: "refresh_token_invalid", title: "The refresh token is not valid", status: 401,
      detail: "the refresh token is unknown, expired or was used before; log in again")
  }

  static var loginFailed: Problem {
    Problem(
      slug: "login_failed", title: "The login failed", status: 401,
      detail: "the email or the password is wrong")
  }

  static func loginLimited(retryAfterSeconds seconds: Int) -> Problem {
    Problem(
      slug: "login_limited", title: "Too many attempts to log in", status: 429,
      detail: "wait \(seconds) s before the next attempt", retryAfterSeconds: seconds)
  }

  static var passwordWorkersBusy: Problem {
    Problem(
      slug: "busy", title: "Too many logins at once", status: 503,
      detail: "try again in a second", retryAfterSeconds: 1)
  }

  static var notForKeys: Problem {
    Problem(
      slug: "user_needed", title: "This needs a person's login", status: 403,
      detail: "an API key has no session; use an access token from POST /api/auth/login")
  }

  static func insufficientScope(_ scope: Scope) -> Problem {
    Problem(
      slug: "insufficient_scope", title: "The credential may not do this", status: 403,
      detail: "this needs the scope \(scope.rawValue)")
  }

  static func unknown(_ kind: String) -> Problem {
    Problem(
      slug: "not_found", title: "Not found", status: 404,
      detail: "there is no such \(kind) in the organization")
  }

  static func taken(_ field: String, _ detail: String) -> Problem {
    Problem(
      slug: "conflict", title: "Already taken", status: 409, detail: detail,
      errors: [FieldError(pointer: "/\(field)", code: "taken", detail: detail)])
  }

  static func invalid(_ field: String, _ code: String, _ detail: String) -> Problem {
    Problem(
      slug: "invalid_request", title: "The request is not valid", status: 400, detail: detail,
      errors: [FieldError(pointer: "/\(field)", code: code, detail: detail)])
  }
}
