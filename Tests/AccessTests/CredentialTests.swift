import Core
import Testing

@testable import Access

private let id = "0123456789abcdef"
private let secret = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE"
private let key = "hk_\(id).\(secret)"
private func base64(_ text: String) -> String { Base64.unpadded(text.utf8) }
private func padded(_ text: String) -> String {
  let bare = base64(text)
  return bare + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
}

@Suite struct CredentialTests {
  @Test(arguments: [
    "Bearer \(key)", "bearer \(key)", "BEARER   \(key) ", "Splunk \(key)", "splunk \(key)",
    "ApiKey \(key)", "apikey \(key)", "ApiKey \(padded("hk_\(id):\(secret)"))",
    "ApiKey \(base64(key))", "Basic \(padded("sensor:\(key)"))", "Basic \(base64(":\(key)"))",
    "basic \(padded("a:hk_\(id):\(secret)"))",
  ])
  func keysHaveManySpellings(header: String) throws {
    let credential = try Credential.read(authorization: [header], apiKey: [])
    guard case .key(let found) = credential else {
      Issue.record("not a key")
      return
    }
    #expect(found.id.rawValue == id)
    #expect(found.digest.reveal() == sha256(secret.utf8))
  }

  @Test(arguments: [key, " \(key) "])
  func aKeyMayStandAlone(header: String) throws {
    guard case .key(let found) = try Credential.read(authorization: [], apiKey: [header]) else {
      Issue.record("not a key")
      return
    }
    #expect(found.id.rawValue == id)
  }

  @Test func aBearerThatIsNoKeyIsAToken() throws {
    guard
      case .token(let token) = try Credential.read(authorization: ["Bearer aa.bb.c-_"], apiKey: [])
    else {
      Issue.record("not a token")
      return
    }
    #expect(token.reveal() == "aa.bb.c-_")
  }

  static let malformed = [
    "", " ", "Bearer", "Bearer ", key, "Digest \(key)", "Bearer\t\(key)", "Bearer hk_",
    "Bearer hk_.",
    "Bearer hk_\(id)", "Bearer hk_\(id).", "Bearer hk_\(id).\(secret)A",
    "Bearer hk_\(id).\(secret.dropLast())", "Bearer hk_\(id)_\(secret)",
    "Bearer hk_\(id.uppercased()).\(secret)", "Bearer hk_\(id.dropLast())l.\(secret)",
    "Bearer hk_\(id).\(secret.dropLast())=", "Bearer hk_\(id).\(secret.dropLast(2))é",
    "Bearer hk_\(id).\(secret.dropLast())F", "Bearer \(key) \(key)", "Bearer \(key)\n",
    "Bearer a.b",
    "Bearer a.b.c.d", "Bearer .b.c", "Bearer a..c", "Bearer a.b.", "Bearer a.b.c=",
    "Bearer a.b c.d",
    "Splunk \(base64(key))", "Splunk a.b.c", "ApiKey a.b.c", "ApiKey \(base64("\(id):\(secret)"))",
    "Basic \(key)", "Basic \(base64(key))", "Basic \(base64("\(key):"))", "Basic !!!!",
    "Basic \(base64("no colon"))", "Bearer " + String(repeating: "a", count: 3000) + ".b.c",
    "Basic " + String(repeating: "QUFB", count: 1000),
  ]

  @Test(arguments: malformed)
  func anythingElseIsRefusedWithoutSayingIt(header: String) throws {
    let problem = try #require(throws: Problem.self) {
      try Credential.read(authorization: [header], apiKey: [])
    }
    #expect(problem.slug == "credentials_malformed")
    #expect(problem.status == 401)
    #expect(!problem.detail.contains(id))
    #expect(!problem.detail.contains(secret.prefix(12)))
  }

  @Test(arguments: [
    "", "Bearer \(key)", "hk_x", "a.b.c", String(repeating: " ", count: 5000) + key,
  ])
  func theKeyHeaderTakesAKeyOnly(header: String) throws {
    let problem = try #require(throws: Problem.self) {
      try Credential.read(authorization: [], apiKey: [header])
    }
    #expect(problem.slug == "credentials_malformed")
  }

  @Test func oneCredentialARequest() throws {
    let header = "Bearer \(key)"
    for (authorization, apiKey) in [([header, header], []), ([], [key, key]), ([header], [key])] {
      let problem = try #require(throws: Problem.self) {
        try Credential.read(authorization: authorization, apiKey: apiKey)
      }
      #expect(problem.slug == "credentials_malformed")
    }
    let problem = try #require(throws: Problem.self) {
      try Credential.read(authorization: [], apiKey: [])
    }
    #expect(problem.slug == "credentials_missing")
  }

  @Test func noiseNeverCrashes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      var bytes = Array(
        ["Bearer \(key)", "ApiKey \(padded(key))", "Basic \(padded("u:\(key)"))"]
          .randomElement(using: &generator)!.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[position] = .random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: position)
        default: bytes.insert(.random(in: 0...255, using: &generator), at: position)
        }
      }
      let header = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try Credential.read(authorization: [header], apiKey: [])
      } catch {
        #expect(error.slug == "credentials_malformed", "seed \(seed)")
      }
    }
  }

  @Test func newKeysAreReadBackAndAllDiffer() throws {
    var seen: Set<String> = []
    for _ in 0..<200 {
      let new = NewAPIKey()
      let read = try #require(APIKeyCredential(Array(new.text.reveal().utf8)))
      #expect(read.id == new.id)
      #expect(read.digest.reveal() == new.digest)
      #expect(APIKeyID(rawValue: new.id.rawValue) == new.id)
      seen.insert(new.text.reveal())
    }
    #expect(seen.count == 200)
  }

  @Test func equalityLooksAtEveryByte() {
    #expect(equalInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(equalInConstantTime([UInt8](), []))
    for other: [UInt8] in [[0, 2, 3], [1, 2, 2], [1, 2], [1, 2, 3, 0], [1, 0x82, 3]] {
      #expect(!equalInConstantTime([1, 2, 3], other))
    }
  }
}
