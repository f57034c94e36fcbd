import Core
import Testing

@testable import Access

@Suite struct PasswordHasherTests {
  @Test func rightAndWrong() async throws {
    let hasher = PasswordHasher(cost: cheap)
    let stored = try await hasher.hash(Secret("correct horse"))
    let right = try await hasher.verify(Secret("correct horse"), against: stored)
    let wrong = try await hasher.verify(Secret("correct house"), against: stored)
    #expect(right == PasswordVerdict(matches: true, isOutdated: false))
    #expect(wrong == PasswordVerdict(matches: false, isOutdated: false))
  }

  @Test func theSamePasswordHasManyHashes() async throws {
    let hasher = PasswordHasher(cost: cheap)
    let first = try await hasher.hash(Secret("correct horse"))
    let second = try await hasher.hash(Secret("correct horse"))
    #expect(first != second)
  }

  @Test func anUnknownUserCostsTheSameWork() async throws {
    let hasher = PasswordHasher(cost: cheap)
    let stored = try await hasher.hash(Secret("correct horse"))
    let before = hasher.derivationCount
    _ = try await hasher.verify(Secret("correct house"), against: stored)
    let known = hasher.derivationCount - before
    let verdict = try await hasher.verify(Secret("correct house"), against: nil)
    let unknown = hasher.derivationCount - before - known
    #expect(!verdict.matches)
    #expect(known == 1)
    #expect(unknown == known)
  }

  @Test func anOldCostIsCheckedAndNoticed() async throws {
    let old = try await PasswordHasher(cost: cheap).hash(Secret("correct horse"))
    let dearer = try #require(PasswordCost(logRounds: 5, blockSize: 1, parallelism: 1))
    let verdict = try await PasswordHasher(cost: dearer).verify(
      Secret("correct horse"), against: old)
    #expect(verdict == PasswordVerdict(matches: true, isOutdated: true))
  }

  @Test func whatIsNoHashIsAnError() async throws {
    let error = try await #require(throws: AccessError.self) {
      _ = try await PasswordHasher(cost: cheap).verify(Secret("correct horse"), against: "plain")
    }
    #expect(error.code == .corruptRow)
    #expect(!error.description.contains("plain"))
  }
}
