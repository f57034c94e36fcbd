import Core
import Testing

@testable import Access

let cheap = PasswordCost(logRounds: 4, blockSize: 1, parallelism: 1)!

@Suite struct PasswordHashTests {
  /// RFC 7914 §12; the first 32 bytes are the same for a key of 32 bytes.
  @Test(arguments: [
    (
      "password", "NaCl", 10, 8, 16,
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    ),
    (
      "pleaseletmein", "SodiumChloride", 14, 8, 1,
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    ),
  ])
  func vectors(
    password: String, salt: String, logRounds: Int, blockSize: Int, parallelism: Int, hex: String
  ) throws {
    let cost = try #require(
      PasswordCost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism))
    let hash = try PasswordHash(of: Array(password.utf8), cost: cost, salt: Array(salt.utf8))
    let text = hash.hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(text == hex)
  }

  @Test func isItsText() throws {
    let hash = try PasswordHash(of: [1, 2], cost: cheap, salt: Array(0..<16))
    #expect(hash.description.hasPrefix("$scrypt$ln=4,r=1,p=1$AAECAwQFBgcICQoLDA0ODw$"))
    #expect(PasswordHash(hash.description) == hash)
  }

  @Test func textOfAnotherFormIsRefused() throws {
    let good = try PasswordHash(of: [1, 2], cost: cheap, salt: Array(0..<16)).description
    let parts = good.split(separator: "$", omittingEmptySubsequences: false)
    for text in [
      "", "$", "plain", String(good.dropLast()), good + "A", good + "$", " " + good,
      good.replacing("scrypt", with: "bcrypt"), good.replacing("ln=4", with: "ln=04"),
      good.replacing("ln=4", with: "ln=30"), good.replacing("r=1", with: "r=0"),
      good.replacing("p=1", with: "p=x"), good.replacing(",p=1", with: ""),
      good.replacing("p=1", with: "p=1,q=2"), good.replacing("ln=4,r=1", with: "r=1,ln=4"),
      good.replacing(parts[3], with: "AA"), good.replacing(parts[3], with: ""),
    ] {
      #expect(PasswordHash(text) == nil, "\(text)")
    }
  }

  @Test func costHasBounds() {
    #expect(PasswordCost(logRounds: 0, parallelism: 1) == nil)
    #expect(PasswordCost(logRounds: 21, parallelism: 1) == nil)
    #expect(PasswordCost(logRounds: 18, blockSize: 8, parallelism: 1) != nil)
    #expect(PasswordCost(logRounds: 19, blockSize: 8, parallelism: 1) == nil)
    #expect(PasswordCost(logRounds: 10, blockSize: 33, parallelism: 1) == nil)
    #expect(PasswordCost(logRounds: 10, blockSize: 8, parallelism: 0) == nil)
    #expect(PasswordCost.standard == PasswordCost(logRounds: 15, blockSize: 8, parallelism: 3))
  }

  @Test func policy() throws {
    let email = try #require(Email(rawValue: "anna.long@example.org"))
    #expect(throws: Never.self) { try PasswordPolicy.check(Secret("correct horse"), email: email) }
    for (password, code) in [
      ("short", "too_short"), (String(repeating: "é", count: 600), "too_long"),
      ("0123456789\u{0}abc", "invalid"), ("Anna.Long@example.org", "is_email"),
    ] {
      let problem = try #require(throws: Problem.self) {
        try PasswordPolicy.check(Secret(password), email: email)
      }
      #expect(problem.errors.map(\.code) == [code])
      #expect(problem.errors.map(\.pointer) == ["/password"])
      #expect(!problem.detail.contains(password))
    }
  }
}
