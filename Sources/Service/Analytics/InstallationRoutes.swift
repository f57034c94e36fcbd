internal import AnalyticsStore
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Postgres

/// `GET /api/operate/ledger`, `/partitions` and `/pool`.
struct InstallationRoutes {
  let desk: InstallationDesk

  func add(to routes: RouteTable) {
    routes.on(Self.ledgerEndpoint, use: ledger)
    routes.on(Self.partitionsEndpoint, use: partitions)
    routes.on(Self.poolEndpoint, use: pool)
  }

  @Sendable private func ledger(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.ledgerEndpoint)
    let range = try SummaryRequest(query, now: .now).range
    let organization = try query.int("organization", in: 1...Int(Int32.max)).map {
      OrganizationID(Int32($0))
    }
    let sums = try await desk.pool.withConnection { connection in
      try OperateQueries.ledger(range, organization: organization, on: connection)
    }
    return Response.json { $0.ledgerMembers(sums, range) }
  }

  @Sendable private func partitions(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.partitionsEndpoint)
    let (partitions, strays) = try await desk.pool.withConnection { connection in
      (
        try OperateQueries.partitions(on: connection), try OperateQueries.strays(on: connection)
      )
    }
    return Response.json { json in
      json.array("partitions") { json in
        for partition in partitions {
          json.object { json in
            json.member("table", partition.table)
            json.member("name", partition.name)
            json.member("from", partition.from)
            json.member("to", partition.to)
            json.member("rows_estimate", partition.rowsEstimate)
            json.member("bytes", partition.bytes)
          }
        }
      }
      json.member("default_rows", strays)
    }
  }

  @Sendable private func pool(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.poolEndpoint)
    return Response.json { json in
      json.array("pools") { json in
        for (name, pool) in desk.pools {
          let statistics = pool.statistics
          json.object { json in
            json.member("name", name)
            json.member("leased", statistics.leased)
            json.member("idle", statistics.idle)
            json.member("opening", statistics.opening)
            json.member("waiting", statistics.waiting)
            json.member("max", statistics.maxConnections)
          }
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func ledgerMembers(
    _ sums: [OperateQueries.LedgerSum], _ range: SummaryRange
  ) {
    member("from", range.from)
    member("to", range.to)
    member("interval", range.interval.rawValue)
    member("complete", sums.count < OperateQueries.mostSums)
    object("total") { json in
      json.member("batches", sums.reduce(0) { $0 + $1.batches })
      json.member("received", sums.reduce(0) { $0 + $1.received })
      json.member("stored", sums.reduce(0) { $0 + $1.stored })
      json.member("duplicates", sums.reduce(0) { $0 + $1.duplicates })
      json.member("quarantined", sums.reduce(0) { $0 + $1.quarantined })
      json.member("balanced", sums.allSatisfy(\.isBalanced))
    }
    array("sums") { json in
      for sum in sums {
        json.object { json in
          json.member("organization", sum.organization.rawValue)
          json.member("start", sum.start)
          json.member("batches", sum.batches)
          json.member("received", sum.received)
          json.member("stored", sum.stored)
          json.member("duplicates", sum.duplicates)
          json.member("quarantined", sum.quarantined)
          json.member("balanced", sum.isBalanced)
        }
      }
    }
  }
}
