import Core
import Testing

@testable import Access

@Suite struct ScopeTests {
  @Test(arguments: [
    (Role.viewer, ["events:read", "incidents:read"]),
    (.analyst, ["events:read", "incidents:read", "incidents:write"]),
    (.lead, ["events:read", "incidents:read", "incidents:write", "rules:write"]),
    (
      .admin,
      ["events:write", "events:read", "incidents:read", "incidents:write", "rules:write", "admin"]
    ),
    (
      .operator,
      [
        "events:write", "events:read", "incidents:read", "incidents:write", "rules:write",
        "operate", "admin",
      ]
    ),
  ])
  func rolesHaveScopes(role: Role, names: [String]) {
    #expect(role.scopes.names == names)
  }

  @Test func aRoleMayAllThatTheOneBeforeItMay() {
    for (lower, higher) in zip(Role.allCases, Role.allCases.dropFirst()) {
      #expect(higher.scopes.isStrictSuperset(of: lower.scopes))
    }
  }

  @Test func namesAreReadAndWritten() {
    #expect(ScopeSet(names: Scope.allCases.map(\.rawValue)) == Role.operator.scopes)
    #expect(ScopeSet(names: ["operate", "operate"]) == .operate)
    #expect(ScopeSet(names: []) == [])
    #expect(ScopeSet(names: ["events:write", "events:*"]) == nil)
    #expect(ScopeSet(names: ["Admin"]) == nil)
  }

  @Test func aMissingScopeIsNamed() {
    let principal = Principal(
      organization: OrganizationID(1), subject: .user(UserID(1)), scopes: Role.viewer.scopes,
      role: .viewer)
    #expect(throws: Never.self) { try principal.require(.eventsRead) }
    let problem = #expect(throws: Problem.self) { try principal.require(.incidentsWrite) }
    #expect(problem?.status == 403)
    #expect(problem?.slug == "insufficient_scope")
    #expect(problem?.detail == "this needs the scope incidents:write")
  }
}
