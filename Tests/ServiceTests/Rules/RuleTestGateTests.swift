import Core
import Testing

@testable import Service

@Suite struct RuleTestGateTests {
  private let gate = OrganizationGate.ofRuleTests()

  private func isRefused(_ organization: Int32) throws -> Bool {
    do throws(Problem) {
      _ = try gate.enter(OrganizationID(organization))
      return false
    } catch {
      #expect(error.status == 429)
      #expect(error.retryAfterSeconds != nil)
      return true
    }
  }

  @Test func oneOfAnOrganizationAndTwoOfANode() throws {
    let one = try gate.enter(OrganizationID(1))
    #expect(try isRefused(1))
    var other: OrganizationGate.Place? = try gate.enter(OrganizationID(2))
    #expect(try isRefused(3))
    withExtendedLifetime(other) {}
    other = nil
    #expect(try !isRefused(3))
    #expect(try !isRefused(2))
    withExtendedLifetime(one) {}
  }
}
