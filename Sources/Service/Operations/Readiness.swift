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
}
