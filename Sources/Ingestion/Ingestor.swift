internal import Core
public import EventStore
public import Normalization
public import Rulebook

/// Takes batches from any source and answers each once it is durable.
///
/// The way of a batch: its records are scanned, normalized, given ids and matched against the rules
/// (`BatchStager`), its months are made if need be, and a writer commits it with its neighbours
/// (`GroupCommitter`).
public final class Ingestor: Sendable {
  public let limits: IngestLimits
  public let budget: MemoryBudget
  private let numbers: BatchNumbers
  private let partitions: Partitions
  private let committer: GroupCommitter
  private let records: RawRecords
  private let sampler: RawSampler
  private let toolbox: StagingToolbox
  private let rulebook: Rulebook
  private let meter: RuleCostMeter
  private let observer: any IngestObserver
  private let committed: @Sendable (CommittedBatch) async -> Void

  /// - Parameters:
  ///   - mappings: how records become events.
  ///   - meter: is shown the events and their matches.
  ///   - observer: for metrics and logs.
  ///   - committed: is told of what was stored or quarantined behind its commit and before the answer.
  public init(
    limits: IngestLimits, numbers: BatchNumbers, partitions: Partitions, committer: GroupCommitter,
    records: RawRecords, sampler: RawSampler, mappings: MappingCatalog = .builtIn,
    rulebook: Rulebook, meter: RuleCostMeter, observer: any IngestObserver,
    committed: @escaping @Sendable (CommittedBatch) async -> Void = { _ in }
  ) {
    self.limits = limits
    budget = MemoryBudget(capacity: limits.memoryBytes)
    self.numbers = numbers
    self.partitions = partitions
    self.committer = committer
    self.records = records
    self.sampler = sampler
    toolbox = StagingToolbox(mappings: mappings)
    self.rulebook = rulebook
    self.meter = meter
    self.observer = observer
    self.committed = committed
  }

  /// Stores a batch and says what became of each record.
  ///
  /// - Parameter memory: what the batch holds of the budget; it grows as the batch is read.
  /// - Throws: `IngestError`: `.malformed` and `.tooLarge` for a body that can't be taken as a whole,
  ///   `.keyConflict` for a batch key that stands for another body, `.overloaded` while there is no
  ///   room or no database. Nothing is stored then, but for a commit whose outcome was lost.
  public func ingest(
    _ request: IngestRequest, holding memory: MemoryReservation
  ) async throws -> IngestReceipt {
    do {
      let receipt = try await store(request, memory)
      observer.committed(receipt, from: request.source)
      return receipt
    } catch {
      let refusal =
        error as? IngestError
        ?? IngestError(
          .overloaded, "the batch could not be stored now: send it again", cause: error)
      observer.refused(refusal, from: request.source)
      throw refusal
    }
  }

  private func store(
    _ request: IngestRequest, _ memory: MemoryReservation
  ) async throws -> IngestReceipt {
    let number = try await numbers.next()
    var rules = try await rulebook.current(request.organization)
    for _ in 0..<Self.attempts {
      let stager = BatchStager(
        limits: limits, rules: rules, meter: meter, dictionaries: records.dictionaries,
        sampler: sampler, toolbox: toolbox)
      let staged = try await Self.stage(request, memory, number: number, with: stager)
      for month in staged.months { try await partitions.ensure(month: month) }
      let outcome = try await committer.commit(staged.batch)
      if let revision = outcome.currentRules {
        rules = try await rulebook.rules(of: request.organization, at: revision)
        continue
      }
      guard !outcome.keyConflict else {
        throw IngestError(
          .keyConflict, "the Idempotency-Key was used before for another body: use a new one")
      }
      if outcome.stored > 0 { meter.count(staged.hits, of: request.organization) }
      if outcome.stored + outcome.quarantined > 0 {
        await committed(
          CommittedBatch(
            organization: request.organization, months: staged.months, stored: outcome.stored,
            quarantined: outcome.quarantined,
            detections: outcome.stored > 0 ? staged.hits.count : 0))
      }
      return IngestReceipt(staged.batch, outcome)
    }
    throw IngestError(.overloaded, "the rules change too fast: send the batch again")
  }

  /// How often a batch is matched whose rules have changed before its commit.
  private static let attempts = 5

  /// CPU work on the shared pool's threads, away from the caller's event loop.
  @concurrent
  private static func stage(
    _ request: IngestRequest, _ memory: MemoryReservation, number: Int64, with stager: BatchStager
  ) async throws -> StagedRequest {
    try stager.stage(request, memory, number: number)
  }
}

extension IngestReceipt {
  init(_ batch: StagedBatch, _ outcome: BatchOutcome) {
    var items: [Item] = []
    if outcome.replayOf == nil {
      items += (batch.quarantined + outcome.refused).map {
        Item(index: $0.index, status: .quarantined, code: $0.code, detail: $0.detail)
      }
      items += outcome.duplicateIndexes.map {
        Item(
          index: $0, status: .duplicate, code: "duplicate", detail: "the event was stored before")
      }
      items.sort { $0.index < $1.index }
    }
    self.init(
      batchID: batch.id, received: outcome.received, stored: outcome.stored,
      duplicates: outcome.duplicates, quarantined: outcome.quarantined,
      items: Array(items.prefix(Self.itemLimit)), position: outcome.position)
  }
}
