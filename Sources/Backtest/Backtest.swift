internal import Core
public import EventStore
public import Normalization
internal import Postgres

/// Runs rules over stored events and says what they would have done. It only reads.
///
/// Events are read in the order of time as they stand when their page is read, so a test of a range
/// that still fills sees some of what comes meanwhile. Windows begin with the range: an incident whose
/// events lie partly before it is found only by those within it.
public struct Backtest: Sendable {
  /// By which records are read, as ingestion reads them.
  public let mappings: MappingCatalog
  private let records: EventRecords
  private let progressInterval: Duration

  /// - Parameters:
  ///   - records: on the pool for analysts.
  ///   - progressInterval: between two calls of `progress`, at least.
  public init(
    records: EventRecords, mappings: MappingCatalog = .builtIn,
    progressInterval: Duration = .milliseconds(250)
  ) {
    self.records = records
    self.mappings = mappings
    self.progressInterval = progressInterval
  }

  /// How long the events may be counted before the first page.
  static let countingTime = Duration.seconds(2)

  /// Runs to the end of the range or to a limit. Cancelling the task ends it with the page at hand.
  ///
  /// - Parameter progress: is awaited, so that a slow reader slows the test; what it throws ends it.
  /// - Throws: `BacktestError` for a request that cannot be run, `CancellationError`, what the
  ///   database throws.
  public func run(
    _ request: BacktestRequest,
    progress: @Sendable (BacktestProgress) async throws -> Void = { _ in }
  ) async throws -> BacktestReport {
    try request.validate()
    return try await withTaskExecutorPreference(BackgroundThread.tests) {
      try await read(request, progress)
    }
  }

  @concurrent
  private func read(
    _ request: BacktestRequest, _ progress: @Sendable (BacktestProgress) async throws -> Void
  ) async throws -> BacktestReport {
    let start = ContinuousClock.now
    let limits = request.limits
    var run = BacktestRun(request, mappings: mappings)
    let estimated = try await estimate(request)
    var position: EventPosition?
    var told = start
    while true {
      try Task.checkCancellation()
      if let cut = run.exhausted(after: .now - start) {
        run.end(for: cut)
        break
      }
      guard let page = try await page(request, after: position, room: limits.events - run.read)
      else {
        run.end(for: .statementTime)
        break
      }
      for start in stride(from: 0, to: page.records.count, by: BacktestRun.chunk) {
        run.add(page.records[start..<min(start + BacktestRun.chunk, page.records.count)])
        if run.cut != nil { break }
        // Tests that run at the same time take turns.
        await Task.yield()
      }
      guard run.cut == nil, page.isCutShort, let last = page.records.last else { break }
      position = EventPosition(ts: last.ts, id: last.id)
      if ContinuousClock.now - told >= progressInterval {
        told = .now
        try await progress(
          BacktestProgress(
            events: run.read, estimated: estimated, through: last.ts, detections: run.detections))
      }
    }
    try Task.checkCancellation()
    return try run.report { .now - start }
  }

  /// Nil where it takes too long.
  private func page(
    _ request: BacktestRequest, after position: EventPosition?, room: Int
  ) async throws -> EventRecordPage? {
    do {
      return try await records.page(
        request.range, after: position, limit: min(request.limits.pageEvents, room),
        rawBytes: request.limits.pageBytes, timeout: request.limits.statementTime)
    } catch let error as PostgresError where error.code == .statementTimeout {
      return nil
    } catch let error as PostgresError where error.code == .cancelled {
      throw CancellationError()
    }
  }

  private func estimate(_ request: BacktestRequest) async throws -> Int? {
    do {
      return try await records.count(
        request.range, upTo: request.limits.events, timeout: Self.countingTime)
    } catch let error as PostgresError where error.code == .statementTimeout {
      return nil
    } catch let error as PostgresError where error.code == .cancelled {
      throw CancellationError()
    }
  }
}
