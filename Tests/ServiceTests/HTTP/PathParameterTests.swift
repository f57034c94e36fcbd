import Core
import Hummingbird
import Testing

@testable import Service

@Suite struct PathParameterTests {
  private func seen(_ path: String) async throws -> String {
    let caller = Caller { router in
      router.get("things/{id}") { _, context -> String in
        context.pathParameter("id", maximumBytes: 8) ?? "none"
      }
    }
    return try await caller.get("/things/" + path).text
  }

  @Test(arguments: ["a", "a b", "a/b", "ü€", "100%", "a+b?c"])
  func anyTextComesThrough(_ text: String) async throws {
    #expect(try await seen(pathEscaped(text)) == text)
  }

  @Test(arguments: ["%", "%4", "%ZZ", "%00", "%FF", "123456789"])
  func whatIsNoTextIsNone(_ path: String) async throws {
    #expect(try await seen(path) == "none")
  }

  @Test func escapes() {
    #expect(pathEscaped("aZ09-._~") == "aZ09-._~")
    #expect(pathEscaped("a b/ü\u{1}") == "a%20b%2F%C3%BC%01")
  }
}
