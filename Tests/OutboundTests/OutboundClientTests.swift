import Core
import TestReceiver
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(2))) struct OutboundClientTests {
  func client(
    allowing allowed: [String] = ["127.0.0.1"], timeout: Duration = .seconds(10), threads: Int = 4
  ) -> OutboundClient {
    var limits = OutboundClient.Limits()
    limits.timeout = timeout
    limits.threads = threads
    return OutboundClient(
      policy: OutboundPolicy(allowing: allowed, allowsHTTP: true), limits: limits)
  }

  func post(
    _ client: OutboundClient, _ url: String, _ body: String = "{}"
  ) async throws -> OutboundResult {
    await client.post(
      OutboundRequest(
        url: try OutboundURL(url, policy: client.policy), headers: [("X-Test", "yes")],
        body: Array(body.utf8)))
  }

  @Test func aBodyArrivesWithItsHeaders() async throws {
    let receiver = try await Receiver { _, _ in .status(204) }
    #expect(try await post(client(), receiver.url, #"{"a":1}"#) == OutboundResult(status: 204))
    let message = try #require(receiver.received.first)
    #expect(message.text == #"{"a":1}"#)
    #expect(message.path == "/hook")
    #expect(message.header("X-Test") == "yes")
    #expect(message.header("Expect") == nil)
  }

  @Test func redirectsAreNotFollowed() async throws {
    let inside = try await Receiver { _, _ in .status(200) }
    let receiver = try await Receiver { _, _ in .status(302, headers: [("Location", inside.url)]) }
    #expect(try await post(client(), receiver.url).status == 302)
    #expect(inside.received.isEmpty)
  }

  /// The name is good, the address behind it is not: what counts is where the connection goes.
  @Test func aNameThatLeadsInsideIsRefusedAtTheConnection() async throws {
    let receiver = try await Receiver { _, _ in .status(200) }
    let url = "http://localhost:\(receiver.port)/"
    #expect(
      try await post(client(allowing: []), url) == OutboundResult(failure: .addressNotAllowed))
    #expect(receiver.received.isEmpty)
    #expect(try await post(client(allowing: ["localhost"]), url).status == 200)
  }

  @Test func whoSaysNothingIsLeft() async throws {
    let receiver = try await Receiver { _, _ in .hang }
    let start = ContinuousClock.now
    let result = try await post(client(timeout: .milliseconds(300)), receiver.url)
    #expect(result == OutboundResult(failure: .timeout))
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func whatIsNoAnswerIsAFailure() async throws {
    let receiver = try await Receiver { _, _ in .close }
    #expect(try await post(client(), receiver.url) == OutboundResult(failure: .brokenAnswer))
    // A port that no program of a test can be given.
    #expect(
      try await post(client(), "http://127.0.0.1:1/") == OutboundResult(failure: .connectFailed))
  }

  @Test func aLongAnswerIsCutOffAndCounts() async throws {
    let receiver = try await Receiver { _, _ in .status(200, bodyBytes: 4 << 20) }
    #expect(try await post(client(), receiver.url) == OutboundResult(status: 200))
  }

  @Test func retryAfterIsRead() async throws {
    let receiver = try await Receiver { _, _ in .status(429, headers: [("Retry-After", "17")]) }
    #expect(
      try await post(client(), receiver.url)
        == OutboundResult(status: 429, retryAfterSeconds: 17))
  }

  @Test func theEnvironmentsProxyIsNotUsed() async throws {
    let receiver = try await Receiver { _, _ in .status(200) }
    setenv("http_proxy", "http://127.0.0.1:1", 1)
    defer { unsetenv("http_proxy") }
    #expect(try await post(client(), receiver.url).status == 200)
  }

  @Test func aCancelledTaskBreaksItOff() async throws {
    let receiver = try await Receiver { _, _ in .hang }
    let client = client(timeout: .seconds(60))
    let url = receiver.url
    let task = Task { try await post(client, url) }
    while receiver.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    #expect(try await task.value == OutboundResult(failure: .cancelled))
  }

  @Test func anAddressOfTheInsideIsNoURL() {
    #expect(throws: OutboundURL.Fault.address) {
      try OutboundURL("http://127.0.0.1/", policy: OutboundPolicy(allowsHTTP: true))
    }
  }
}

#if canImport(Glibc)
  import Glibc
#endif
