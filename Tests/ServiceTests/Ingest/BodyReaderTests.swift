import Core
import HTTPTypes
import Hummingbird
import Ingestion
import NIOCore
import Testing

@testable import Service

/// A body that arrives piece by piece.
private struct Sender {
  let source: RequestBody.Source
  let request: Request

  init(promising length: Int? = nil) {
    let (body, source) = RequestBody.makeStream()
    self.source = source
    var headers = HTTPFields()
    if let length { headers[.contentLength] = String(length) }
    request = Request(
      head: HTTPRequest(
        method: .post, scheme: "http", authority: "localhost", path: "/api/events",
        headerFields: headers), body: body)
  }

  func send(_ bytes: Int) async {
    await source.yield(ByteBuffer(repeating: 97, count: bytes))
  }
}

@Suite struct BodyReaderTests {
  private static let capacity = 8 << 20

  private static func reader(
    _ budget: MemoryBudget, organization: Int32 = 1, patience: Duration = .zero
  ) -> BodyReader {
    BodyReader(
      limits: IngestLimits(),
      reservation: MemoryReservation(
        budget: budget, organization: OrganizationID(organization), patience: patience))
  }

  @Test func aPromiseOfManyBytesHoldsNone() async throws {
    let budget = MemoryBudget(capacity: Self.capacity)
    let sender = Sender(promising: 1_000_000)
    async let body = Self.reader(budget).read(sender.request)
    await sender.send(1000)
    while budget.statistics.free == Self.capacity { await Task.yield() }
    #expect(budget.statistics.free == Self.capacity - BodyReader.step)
    await sender.send(999_000)
    sender.source.finish()
    #expect(try await body.count == 1_000_000)
  }

  @Test func whatWasHeldIsGivenBack() async throws {
    let budget = MemoryBudget(capacity: Self.capacity)
    let sender = Sender()
    await sender.send(600_000)
    sender.source.finish()
    _ = try await Self.reader(budget).read(sender.request)
    #expect(budget.statistics.free == Self.capacity)
  }

  @Test func aSlowBodyOfOneShutsNobodyElseOut() async throws {
    let budget = MemoryBudget(capacity: Self.capacity)
    let slow = MemoryReservation(budget: budget, organization: OrganizationID(1), patience: .zero)
    try await slow.grow(to: Self.capacity / 2)
    await #expect {
      let sender = Sender()
      await sender.send(10)
      sender.source.finish()
      _ = try await Self.reader(budget).read(sender.request)
    } throws: { ($0 as? IngestError)?.code == .overloaded }
    let other = Sender()
    await other.send(10)
    other.source.finish()
    #expect(try await Self.reader(budget, organization: 2).read(other.request).count == 10)
    withExtendedLifetime(slow) {}
  }

  @Test func aBodyOverTheShareIsTooLarge() async throws {
    let budget = MemoryBudget(capacity: 1 << 20)
    let sender = Sender()
    await sender.send(300_000)
    sender.source.finish()
    await #expect {
      _ = try await Self.reader(budget).read(sender.request)
    } throws: { ($0 as? Problem)?.status == 413 }
  }

  @Test func aBodyThatTricklesTakesTooLong() async throws {
    let sender = Sender()
    var reader = Self.reader(MemoryBudget(capacity: Self.capacity))
    reader.deadline = .now - .seconds(1)
    await sender.send(10)
    let late = reader
    await #expect {
      _ = try await late.read(sender.request)
    } throws: {
      ($0 as? Problem)?.status == 408 && ($0 as? Problem)?.slug == "request_timeout"
    }
    sender.source.finish()
  }

  @Test func aBodyShorterThanItsLengthIsNotWhole() async throws {
    let sender = Sender(promising: 100)
    await sender.send(99)
    sender.source.finish()
    await #expect {
      _ = try await Self.reader(MemoryBudget(capacity: Self.capacity)).read(sender.request)
    } throws: { ($0 as? Problem)?.status == 400 }
  }

  @Test func aPromiseOverTheLimitIsRefusedAtOnce() async throws {
    let sender = Sender(promising: IngestLimits().bodyBytes + 1)
    await #expect {
      _ = try await Self.reader(MemoryBudget(capacity: Self.capacity)).read(sender.request)
    } throws: { ($0 as? Problem)?.status == 413 }
    sender.source.finish()
  }
}
