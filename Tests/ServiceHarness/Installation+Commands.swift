internal import Foundation

extension Installation {
  /// Runs `harrier` with this installation's configuration and returns what it prints.
  @discardableResult
  public func command(_ arguments: [String], input: String = "") async throws -> String {
    let output = try await CommandLineProgram.run(
      binary, arguments, environment: environment, input: input)
    guard output.status == 0 else {
      throw HarnessError(
        "harrier \(arguments.joined(separator: " ")) exited with \(output.status): "
          + output.standardError)
    }
    return output.standardOutput
  }

  public func makeOrganization(_ slug: String) async throws {
    try await command(["org", "create", "--slug", slug, "--name", slug, "--json"])
  }

  public func makeUser(
    _ email: String, role: String, password: String, organization: String
  ) async throws {
    LogSearch.remember(password)
    try await command(
      [
        "user", "create", "--org", organization, "--email", email, "--role", role,
        "--password-stdin",
      ],
      input: password + "\n")
  }

  /// Makes an API key and returns it whole: `hk_<id>.<secret>`.
  public func makeKey(
    organization: String, scopes: [String], tier: String = "unlimited"
  ) async throws -> String {
    let text = try await command([
      "key", "create", "--org", organization, "--name", "test",
      "--scopes", scopes.joined(separator: ","), "--tier", tier, "--json",
    ])
    struct Made: Decodable { var key: String }
    let key = try JSONDecoder().decode(Made.self, from: Data(text.utf8)).key
    LogSearch.remember(key)
    return key
  }
}
