import Core
import HTTPTypes
import Testing

@testable import Service

@Suite struct TrustedProxiesTests {
  private let proxies = TrustedProxies([CIDRBlock("10.0.0.0/8")!, CIDRBlock("2001:db8::1")!])

  @Test(arguments: [
    ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
    // What stands before the last hop that is not trusted anyone may have written.
    ("10.0.0.1", ["198.51.100.1, 203.0.113.7, 10.2.0.3"], "203.0.113.7"),
    ("10.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
    ("2001:db8::1", ["2001:db8::9"], "2001:db8::9"),
    ("10.0.0.1", ["10.0.0.9"], "10.0.0.9"),
    ("10.0.0.1", ["203.0.113.7, unknown, 10.2.0.3"], "10.2.0.3"),
    ("10.0.0.1", [], nil), ("10.0.0.1", ["nonsense"], nil),
    // Who is no proxy says nothing.
    ("203.0.113.1", ["198.51.100.1"], nil),
  ])
  func theClientIsTheLastThatIsNoProxy(peer: String, lines: [String], client: String?) throws {
    var headers = HTTPFields()
    headers[values: .forwardedFor] = lines
    let address = try #require(IPAddress(peer))
    let found = proxies.client(headers, peer: address)
    #expect(found?.description == client)
    #expect(TrustedProxies().client(headers, peer: address) == nil)
  }

  @Test(arguments: [
    ("203.0.113.7:4711", "203.0.113.7"), ("[2001:db8::5]:443", "2001:db8::5"),
    ("[2001:db8::5]", "2001:db8::5"), ("1:2:3", nil), ("[]:1", nil),
  ])
  func aPortIsPassedOver(hop: String, client: String?) throws {
    let peer = try #require(IPAddress("10.0.0.1"))
    #expect(proxies.client([.forwardedFor: hop], peer: peer)?.description == client)
  }
}
