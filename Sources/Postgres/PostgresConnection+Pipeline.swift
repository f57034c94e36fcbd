import CLibPQ

extension PostgresConnection {
  /// Statements between two synchronisations: enough to make the round trip vanish, few enough
  /// that neither side's buffers grow.
  static let pipelineLength = 100

  /// Runs many small statements in one round trip for each hundred.
  ///
  /// All take effect or none: more than a hundred are put into a transaction if none is open.
  /// Throws the first failed statement's error.
  ///
  /// - Returns: the rows that each changed.
  @discardableResult
  public func pipeline(_ items: [(PostgresStatement, [PostgresValue])]) throws -> [Int] {
    guard let first = items.first else { return [] }
    let session = unsafe try usableSession(first.0.name)
    if items.count > Self.pipelineLength, unsafe PQtransactionStatus(session) == PQTRANS_IDLE {
      return try transaction { try pipelineChunks(items) }
    }
    return try pipelineChunks(items)
  }

  private func pipelineChunks(_ items: [(PostgresStatement, [PostgresValue])]) throws -> [Int] {
    var counts: [Int] = []
    counts.reserveCapacity(items.count)
    var start = 0
    while start < items.count {
      let end = min(start + Self.pipelineLength, items.count)
      try pipelineChunk(items[start..<end], &counts)
      start = end
    }
    return counts
  }

  private func pipelineChunk(
    _ items: ArraySlice<(PostgresStatement, [PostgresValue])>, _ counts: inout [Int]
  ) throws {
    let name = items[items.startIndex].0.name
    let session = unsafe try usableSession(name)
    let names = try items.map { try prepare($0.0, $0.1) }
    guard unsafe PQenterPipelineMode(session) == 1 else { throw unsafe failure(nil, name) }
    for (item, serverName) in zip(items, names) {
      parameters.fill(item.1)
      let isSent = unsafe parameters.withArrays { pointers, lengths, formats in
        unsafe PQsendQueryPrepared(
          session, serverName, Int32(item.1.count), pointers, lengths, formats, 1)
      }
      guard isSent == 1 else { throw brokenPipeline(item.0.name) }
    }
    guard unsafe PQpipelineSync(session) == 1 else { throw brokenPipeline(name) }
    unsafe try readPipeline(session, items, &counts)
    guard unsafe PQexitPipelineMode(session) == 1 else { throw brokenPipeline(name) }
  }

  /// Reads a result for each statement, then the synchronisation; throws the first error after it.
  private func readPipeline(
    _ session: OpaquePointer, _ items: ArraySlice<(PostgresStatement, [PostgresValue])>,
    _ counts: inout [Int]
  ) throws {
    var firstError: (any Error)?
    for item in items {
      let start = monotonicNow()
      guard let result = unsafe PQgetResult(session) else {
        throw brokenPipeline(item.0.name)
      }
      if unsafe PQresultStatus(result) == PGRES_PIPELINE_ABORTED {
        unsafe PQclear(result)
      } else {
        do {
          let rows = unsafe try check(result, item.0.name).affectedRows
          counts.append(rows)
          report(item.0.name, item.0.sql, since: start, rows: rows)
        } catch let error as PostgresError {
          report(item.0.name, item.0.sql, since: start, rows: 0, error: error)
          if isBroken { throw error }
          firstError = firstError ?? error
        }
      }
      while let extra = unsafe PQgetResult(session) { unsafe PQclear(extra) }
    }
    guard let sync = unsafe PQgetResult(session) else { throw brokenPipeline("pipeline") }
    let status = unsafe PQresultStatus(sync)
    unsafe PQclear(sync)
    guard status == PGRES_PIPELINE_SYNC else { throw brokenPipeline("pipeline") }
    if let firstError {
      guard unsafe PQexitPipelineMode(session) == 1 else {
        throw brokenPipeline("pipeline")
      }
      throw firstError
    }
  }

  private func brokenPipeline(_ name: StaticString) -> PostgresError {
    isBroken = true
    return unsafe failure(nil, name)
  }
}
