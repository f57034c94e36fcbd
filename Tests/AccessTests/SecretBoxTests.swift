import Access
import Core
import Testing

@Suite struct SecretBoxTests {
  private static let ours = OrganizationID(7)
  private static let secret = Secret(Array("whsec_marker".utf8))

  private static func key(_ byte: UInt8) -> Secret<[UInt8]> {
    Secret([UInt8](repeating: byte, count: 32))
  }

  @Test func whatIsSealedOpensForItsOrganizationAndPurposeOnly() throws {
    let box = try SecretBox(keys: [Self.key(1)])
    let sealed = try box.seal(Self.secret, for: Self.ours, purpose: "webhook")
    #expect(
      try box.open(sealed, for: Self.ours, purpose: "webhook").reveal() == Self.secret.reveal())
    #expect(throws: AccessError.self) {
      try box.open(sealed, for: OrganizationID(8), purpose: "webhook")
    }
    #expect(throws: AccessError.self) { try box.open(sealed, for: Self.ours, purpose: "other") }
  }

  @Test func noByteCanBeChangedAndNoneTakenAway() throws {
    let box = try SecretBox(keys: [Self.key(1)])
    let sealed = try box.seal(Self.secret, for: Self.ours, purpose: "webhook")
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: AccessError.self) {
        try box.open(changed, for: Self.ours, purpose: "webhook")
      }
      #expect(throws: AccessError.self) {
        try box.open(Array(sealed.prefix(index)), for: Self.ours, purpose: "webhook")
      }
    }
  }

  @Test func equalSecretsAreSealedDifferently() throws {
    let box = try SecretBox(keys: [Self.key(1)])
    let sealed = try (0..<50).map { _ in
      try box.seal(Self.secret, for: Self.ours, purpose: "webhook")
    }
    #expect(Set(sealed).count == 50)
  }

  @Test func anOldKeyStillOpensBehindANewOne() throws {
    let old = try SecretBox(keys: [Self.key(1)])
    let sealed = try old.seal(Self.secret, for: Self.ours, purpose: "webhook")
    let both = try SecretBox(keys: [Self.key(2), Self.key(1)])
    #expect(
      try both.open(sealed, for: Self.ours, purpose: "webhook").reveal() == Self.secret.reveal())
    let anew = try both.seal(Self.secret, for: Self.ours, purpose: "webhook")
    #expect(throws: AccessError.self) { try old.open(anew, for: Self.ours, purpose: "webhook") }
  }

  @Test func configuredKeysAreReadStrictly() throws {
    let text = String(repeating: "A", count: 43) + "="
    #expect(try SecretBox.keys(text).map { $0.reveal() } == [[UInt8](repeating: 0, count: 32)])
    #expect(try SecretBox.keys("\(text),\(text)").count == 2)
    for wrong in ["", "AAAA", text + ",", "not base64", String(repeating: "A", count: 44)] {
      #expect(throws: AccessError.self) { try SecretBox.keys(wrong) }
    }
    #expect(throws: AccessError.self) { try SecretBox(keys: []) }
    #expect(throws: AccessError.self) { try SecretBox(keys: [Secret([1, 2, 3])]) }
  }

  @Test func anErrorHoldsNothingOfTheSecret() throws {
    let box = try SecretBox(keys: [Self.key(1)])
    var sealed = try box.seal(Self.secret, for: Self.ours, purpose: "webhook")
    sealed[20] ^= 1
    let error = #expect(throws: AccessError.self) {
      try box.open(sealed, for: Self.ours, purpose: "webhook")
    }
    #expect(!"\(String(describing: error))".contains("marker"))
  }
}
