internal import Core

/// Whether what the service depends on is there.
public struct Readiness: Sendable {
  public struct Check: Sendable {
    public let name: String
    /// Whether the service can't work without it.
    public let isVital: Bool
    public let isHealthy: Bool
    /// What an operator should know; nil where there is nothing to say.
    public let detail: String?

    public init(name: String, isVital: Bool, isHealthy: Bool, detail: String? = nil) {
      self.name = name
      self.isVital = isVital
      self.isHealthy = isHealthy
      self.detail = detail
    }
  }

  private let checks: [@Sendable () async -> Check]

  public init(_ checks: [@Sendable () async -> Check]) {
    self.checks = checks
  }

  func check() async -> [Check] {
    var results: [Check] = []
    for check in checks { results.append(await check()) }
    return results
  }

  /// What `/readyz` and the live stream tell.
  public func report() async -> [UInt8] {
    JSONWriter.object { [checks = await check()] in $0.readinessMembers(checks) }
  }
}

extension JSONWriter {
  mutating func readinessMembers(_ checks: [Readiness.Check]) {
    member("status", Readiness.isReady(checks) ? "ready" : "not_ready")
    array("checks") { json in
      for check in checks {
        json.object { json in
          json.member("name", check.name)
          json.member("healthy", check.isHealthy)
          json.member("vital", check.isVital)
          json.member("detail", check.detail)
        }
      }
    }
  }
}

extension Readiness {
  static func isReady(_ checks: [Check]) -> Bool {
    checks.allSatisfy { $0.isHealthy || !$0.isVital }
  }
}
