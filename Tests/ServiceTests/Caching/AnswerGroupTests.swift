import Core
import ListCache
import Testing

@testable import Service

@Suite struct AnswerGroupTests {
  @Test func announcementsAreRead() {
    #expect(AnswerGroup.read("users 42") == "users:org:42:*")
    #expect(AnswerGroup.read("organization 7").description == "organization:org:7:*")
  }

  @Test(arguments: ["", "users", "users x", "cats 42", "users 42 43", "users 99999999999"])
  func whatCannotBeReadIsAll(_ payload: String) {
    #expect(AnswerGroup.read(payload) == .all)
  }

  @Test func answersThatReadAreKept() {
    #expect(UserRoutes.listEndpoint.isKept)
    #expect(RuleRoutes.itemEndpoint.isKept)
    #expect(WebhookRoutes.deliveriesEndpoint.isKept)
    #expect(AuditRoutes.listEndpoint.isKept)
  }

  /// Changes, streams and what goes on are not.
  @Test func otherAnswersAreNot() {
    #expect(!UserRoutes.createEndpoint.isKept)
    #expect(!AuditRoutes.exportEndpoint.isKept)
    #expect(!ExplainRoutes.progressEndpoint.isKept)
    // It keeps its answers itself.
    #expect(IncidentRoutes.listEndpoint.group == nil)
  }
}
