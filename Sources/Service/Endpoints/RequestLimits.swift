internal import Access
internal import Core
internal import HTTPTypes
internal import RateLimits

/// How many requests credentials may make, and how many wrong credentials an address may try.
struct RequestLimits: Sendable {
  /// Nil limits nothing.
  var limiter: RateLimiter?
  /// Counts wrong credentials by address; nil lets everybody fail.
  var failures: FailureLimiter?
  /// The same for passwords and refresh tokens: a sensor with an old key must not keep the people of its
  /// address from logging in.
  var secretFailures: FailureLimiter?

  /// Counts a request of a tier that has a limit.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: the refusal.
  func count(_ principal: Principal) async throws -> RateDecision? {
    let perMinute = principal.tier.requestsPerMinute
    guard perMinute > 0, let limiter else { return nil }
    let decision = await limiter.take(
      "\(principal.organization):\(principal.subject)", RatePolicy(limit: perMinute))
    guard decision.isAllowed else {
      throw AnsweredError(.rateLimited(decision), headers: decision.headers)
    }
    return decision
  }

  /// - Throws: the ``Problem`` 429 `too_many_failures` where the address has tried too much.
  func checkSecrets(of address: IPAddress) throws(AnsweredError) {
    guard let decision = secretFailures?.peek(address.limitingNetwork), !decision.isAllowed else {
      return
    }
    throw AnsweredError(.tooManyFailures(decision), headers: decision.headers)
  }

  /// Counts a wrong credential.
  ///
  /// - Returns: what the caller is told: the same, or, where there were too many, 429. A sensor, which
  ///   takes 429 as "drop it", never gets that.
  func failed(_ problem: Problem, at endpoint: Endpoint, _ address: IPAddress) -> any Error {
    let limiter = endpoint.takesSecrets ? secretFailures : failures
    guard problem.status == 401, problem.slug != Problem.credentialsMissing.slug,
      let decision = limiter?.fail(address.limitingNetwork), !decision.isAllowed,
      endpoint.limit == .tier || endpoint.takesSecrets
    else { return problem }
    return AnsweredError(.tooManyFailures(decision), headers: decision.headers)
  }
}

extension Endpoint {
  /// Whether it takes credentials in its body.
  var takesSecrets: Bool { caller == .anyone && problems.contains(401) }
}

extension RateDecision {
  /// draft-ietf-httpapi-ratelimit-headers-10.
  var headers: HTTPFields {
    let (seconds, _) = policy.window.components
    return [
      .rateLimitPolicy: #""default";q=\#(policy.limit);w=\#(seconds)"#,
      .rateLimit: #""default";r=\#(remaining);t=\#(waitSeconds)"#,
    ]
  }
}

extension HTTPField.Name {
  static let rateLimit = Self("RateLimit")!
  static let rateLimitPolicy = Self("RateLimit-Policy")!
}

/// An error with headers for its answer.
struct AnsweredError: Error {
  let error: any Error
  let headers: HTTPFields

  init(_ error: any Error, headers: HTTPFields) {
    self.error = error
    self.headers = headers
  }

  init(_ problem: Problem, headers: HTTPFields) {
    self.init(problem as any Error, headers: headers)
  }
}

extension Problem {
  static func rateLimited(_ decision: RateDecision) -> Problem {
    let seconds = max(1, decision.waitSeconds)
    return Problem(
      slug: "rate_limited", title: "Too many requests", status: 429,
      detail: "this credential may make \(decision.policy.limit) requests a minute: "
        + "wait \(seconds) s",
      retryAfterSeconds: seconds)
  }

  static func tooManyFailures(_ decision: RateDecision) -> Problem {
    let seconds = max(1, decision.waitSeconds)
    return Problem(
      slug: "too_many_failures", title: "Too many wrong credentials", status: 429,
      detail: "too many wrong credentials came from this address: wait \(seconds) s",
      retryAfterSeconds: seconds)
  }
}
