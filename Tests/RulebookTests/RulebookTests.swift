import Core
import NIOConcurrencyHelpers
import RuleStore
import Testing

@testable import Rulebook

/// What a rulebook knows, keeps and asks for.
@Suite struct RulebookTests {
  private final class Recorder: RulebookObserver {
    let changes = NIOLockedValueBox<[Int64]>([])
    let failures = NIOLockedValueBox(0)

    func changed(_ rules: CompiledRules) {
      changes.withLockedValue { $0.append(rules.revision) }
    }

    func failed(_ error: any Error, organization: OrganizationID?) {
      failures.withLockedValue { $0 += 1 }
    }
  }

  private let source = FakeSource()
  private let recorder = Recorder()
  private var book: Rulebook { Rulebook(source: source, observer: recorder) }

  private init() {
    source.publish(Book.base(Book.rule("a", "user: root")))
  }

  @Test func rulesAreThoseOfTheRevision() async throws {
    let book = book
    source.change(Book.own(Book.record(Book.rule("one", "user: root")), revision: 3))
    source.publish(Book.base(Book.rule("b", "user: root"), revision: 5))
    let expected: [(Int64, Int64, [String])] = [
      (0, 0, []), (1, 1, ["a"]), (2, 1, ["a"]), (3, 3, ["a", "one"]), (4, 3, ["a", "one"]),
      (5, 5, ["b", "one"]), (9, 5, ["b", "one"]),
    ]
    for (given, effective, ids) in expected.shuffled() {
      let rules = try await book.rules(of: Book.organization, at: given)
      #expect(rules.revision == effective)
      #expect(rules.hitIDs(("user", "root")) == ids)
    }
    let current = try await book.current(Book.organization)
    #expect(current.revision == 5)
  }

  @Test func aStateIsCompiledOnceAndReadOnce() async throws {
    let book = book
    source.change(Book.own(Book.record(Book.rule("one", "user: root")), revision: 3))
    let known = try await book.rules(of: Book.organization, at: 3)
    #expect(try await book.rules(of: Book.organization, at: 3).detector === known.detector)
    #expect(source.ownReads == 1)
    #expect(try await book.rules(of: Book.organization, at: 8).detector === known.detector)
    #expect(source.baseReads == 1)
  }

  @Test func aRevisionThatIsYetToComeIsReadAnewWhenItHas() async throws {
    let book = book
    #expect(try await book.rules(of: Book.organization, at: 4).revision == 1)
    source.change(Book.own(Book.record(Book.rule("one", "user: root")), revision: 4))
    #expect(try await book.rules(of: Book.organization, at: 4).revision == 4)
  }

  @Test func manyWhoAskAtOnceWaitForOneReading() async throws {
    let book = book
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    source.hold(until: gate)
    let detectors = try await withThrowingTaskGroup(of: Detector.self) { group in
      for number in 0..<20 {
        let organization = OrganizationID(Int32(number % 4 + 1))
        group.addTask { try await book.rules(of: organization, at: 1).detector }
      }
      while source.baseReads == 0 { await Task.yield() }
      open.finish()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(source.baseReads == 1)
    #expect(source.ownReads <= 4)
    #expect(detectors.allSatisfy { $0 === detectors[0] })
  }

  @Test func oneWhoGivesUpDoesNotTakeItFromTheOthers() async throws {
    let book = book
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    source.hold(until: gate)
    let impatient = Task { try await book.current(Book.organization) }
    while source.baseReads == 0 { await Task.yield() }
    impatient.cancel()
    let patient = Task { try await book.current(Book.organization) }
    open.finish()
    #expect(try await patient.value.revision == 1)
    #expect(source.baseReads == 1)
  }

  @Test func whatIsKnownStaysWhileNothingCanBeRead() async throws {
    let book = book
    let before = try await book.current(Book.organization)
    source.setReachable(false)
    source.publish(Book.base(Book.rule("b", "user: root"), revision: 5))
    await book.followAll()
    #expect(try await book.current(Book.organization).revision == before.revision)
    #expect(recorder.failures.withLockedValue { $0 } == 1)
    await #expect(throws: FakeSource.Unreachable.self) {
      try await book.current(OrganizationID(8))
    }
    source.setReachable(true)
    await book.followAll()
    #expect(try await book.current(Book.organization).revision == 5)
    #expect(try await book.current(OrganizationID(8)).revision == 5)
    #expect(recorder.changes.withLockedValue { $0 } == [5])
  }

  @Test func theCurrentRulesNeverGoBack() async throws {
    let book = book
    source.publish(Book.base(Book.rule("b", "user: root"), revision: 5))
    _ = try await book.current(Book.organization)
    let old = try await book.adopt(Book.organization, 1)
    #expect(old.revision == 5)
    #expect(try await book.current(Book.organization).revision == 5)
  }

  @Test(.timeLimit(.minutes(10))) func changesAreFollowedUntilCancelled() async throws {
    var limits = RulebookLimits()
    limits.pollInterval = .milliseconds(5)
    let book = Rulebook(source: source, limits: limits, observer: recorder)
    _ = try await book.current(Book.organization)
    let run = Task { await book.run() }
    source.publish(Book.base(Book.rule("b", "user: root"), revision: 5))
    while try await book.current(Book.organization).revision != 5 {
      try await Task.sleep(for: .milliseconds(1))
    }
    run.cancel()
    await run.value
    #expect(recorder.changes.withLockedValue { $0 } == [5])
  }

  @Test func whatIsKeptIsBounded() async throws {
    var limits = RulebookLimits()
    limits.organizations = 4
    limits.states = 6
    limits.bases = 2
    let book = Rulebook(source: source, limits: limits)
    for revision in Int64(2)...10 {
      source.publish(Book.base(Book.rule("a", "user: u\(revision)"), revision: revision))
    }
    for organization in Int32(1)...10 { _ = try await book.current(OrganizationID(organization)) }
    #expect(book.state.withLockedValue { $0.current.count } == 4)
    for revision in Int64(1)...10 {
      let rules = try await book.rules(of: Book.organization, at: revision)
      #expect(rules.revision == revision)
    }
    // The last was read for the current rules too, and had made room.
    #expect(source.baseReads == 11)
    _ = try await book.rules(of: Book.organization, at: 10)
    #expect(source.baseReads == 11)
  }
}
