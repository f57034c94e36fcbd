import Core
import Testing

@testable import Outbound

@Suite struct OutboundPolicyTests {
  @Test(arguments: [
    "8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.255.255",
    "2606:4700::1111", "2a00:1450:4001:800::200e", "64:ff9b::8.8.8.8", "2002:0808:0808::1",
    "::ffff:8.8.8.8",
  ])
  func publicAddressesAreAllowed(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(OutboundPolicy().allows(address, host: "example.com"))
  }

  @Test(arguments: [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254", "64:ff9b:1::1", "2002:7f00:1::1", "2002:0a00:0001::", "100::1",
    "fec0::1", "3fff::1", "5f00::1",
  ])
  func othersAreNot(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!OutboundPolicy().allows(address, host: "example.com"))
  }

  /// The 16 bytes of a mapped address, as a socket has them.
  @Test func aMappedAddressIsTheOneItMaps() throws {
    let bytes = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1]
    let address = try #require(IPAddress(bytes: bytes))
    #expect(!OutboundPolicy().allows(address, host: "x"))
    #expect(OutboundPolicy(allowing: ["127.0.0.1"]).allows(address, host: "x"))
  }

  @Test func theOperatorCanAllowMore() throws {
    let policy = OutboundPolicy(allowing: ["10.1.0.0/16", "::1", "Hooks.example"])
    let cases: [(String, String, Bool)] = [
      ("10.1.2.3", "x", true), ("10.2.0.1", "x", false), ("::1", "x", true),
      ("127.0.0.1", "hooks.EXAMPLE", true), ("127.0.0.1", "other.example", false),
    ]
    for (address, host, isAllowed) in cases {
      #expect(policy.allows(try #require(IPAddress(address)), host: host) == isAllowed)
    }
  }

  @Test(arguments: [
    "https://example.com", "https://example.com:8443/a?b=c&d=%20", "https://[2606:4700::1111]/",
    "https://8.8.8.8/x", "HTTPS://EXAMPLE.com/",
  ])
  func goodURLs(_ text: String) throws {
    _ = try OutboundURL(text, policy: OutboundPolicy())
  }

  @Test(
    arguments: [
      ("", .malformed), ("example.com", .malformed), ("https://", .malformed),
      ("https://exa mple.com", .malformed), ("https://example.com/\u{e4}", .malformed),
      ("https://example.com/\nHost: x", .malformed), ("http://example.com", .scheme),
      ("ftp://example.com", .scheme), ("file:///etc/passwd", .scheme), ("gopher://x/", .scheme),
      ("https://user@example.com", .forbiddenPart), ("https://u:p@example.com", .forbiddenPart),
      ("https://example.com/#f", .forbiddenPart), ("https://127.0.0.1/", .address),
      ("https://[::1]/", .address), ("https://[::ffff:7f00:1]/", .address),
      ("https://2130706433/", .address), ("https://0x7f.1/", .address),
      ("https://0177.0.0.1/", .address), ("https://169.254.169.254/latest", .address),
      ("https://example.com:99999/", .malformed),
    ] as [(String, OutboundURL.Fault)])
  func badURLs(_ text: String, _ fault: OutboundURL.Fault) {
    #expect(throws: fault) { try OutboundURL(text, policy: OutboundPolicy()) }
  }
}
