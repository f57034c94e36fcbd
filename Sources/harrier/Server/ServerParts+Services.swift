import Access
import AnalyticsStore
import Core
import Correlator
import EventStore
import Hummingbird
import Ingestion
import ListCache
import Logging
import Outbox
import Postgres
import Rulebook
import Service
import ServiceLifecycle
import Telemetry

extension ServerParts {
  /// What runs, in the order of starting; it is stopped in the opposite order, so that batches that
  /// were taken still find a writer.
  func services(
    _ application: some ApplicationProtocol, _ announcement: Announcement
  ) -> [any Service] {
    var services: [any Service] = [
      PoolService(pool: pool), PoolService(pool: queryPool),
      BackgroundService { await access.run() },
      BackgroundService { await rulebook.run() },
    ]
    if configuration.roles.contains(.ingest) {
      services.append(CommitService(committer: committer))
      services.append(BackgroundService { await train() })
      services.append(BackgroundService { await meter.run() })
      services.append(BackgroundService { await live.activity.run() })
      services.append(BackgroundService { await eventLists.run() })
    }
    if configuration.roles.contains(.maintain) {
      services.append(BackgroundService { await maintain() })
      services.append(BackgroundService { await live.trim() })
      services.append(BackgroundService { await live.dispatch() })
      services.append(BackgroundService { await analytics.run() })
    }
    if configuration.roles.contains(.correlate) {
      services.append(BackgroundService { await correlate() })
      services.append(BackgroundService { await watchCorrelation() })
    }
    if let caching { services.append(BackgroundService { await caching.run() }) }
    if configuration.roles.contains(.api) {
      services.append(BackgroundService { await live.follow() })
    }
    // Streams end before the server does, which waits for the end of what it answers.
    return services + [application, announcement, live.streamService(service.readiness)]
  }

  /// Closes what is left once all services have ended.
  func close() async {
    await caching?.close()
    await queryPool.shutdown()
    await pool.shutdown()
  }

  /// Makes partitions ahead, hour by hour, counts what is left in the default ones, and removes sessions
  /// that have ended.
  private func maintain() async {
    let strays = service.metrics.gauge(
      "harrier_default_partition_rows", help: "Rows that wait for a month that was not made.")
    while !Task.isCancelled {
      do {
        try await partitions.ensureAhead(of: .now)
        try await auditPartitions.ensureAhead(of: .now)
        strays.set(Double(try await partitions.strays() + auditPartitions.strays()))
      } catch {
        logger.error("partitions could not be made", metadata: ["error": "\(error)"])
      }
      do {
        while try await access.auth.removeExpiredSessions() > 0 {}
      } catch {
        logger.warning("sessions could not be removed", metadata: ["error": "\(error)"])
      }
      do { try await Task.sleep(for: .seconds(3600)) } catch { return }
    }
  }

  /// The correlator outlives the database's failures by itself.
  private func correlate() async {
    do {
      try await correlator.run()
    } catch {
      logger.critical("correlation has stopped", metadata: ["error": "\(error)"])
    }
  }

  private func watchCorrelation() async {
    let memory = service.metrics.gauge(
      "harrier_correlation_state_bytes", help: "About what the state of all correlations takes.")
    while !Task.isCancelled {
      memory.set(await correlator.stateBytes)
      do { try await Task.sleep(for: .seconds(10)) } catch { return }
    }
  }

  private func train() async {
    await sampler.run { sourceType, error in
      logger.notice(
        "no dictionary for raw records",
        metadata: ["source_type": "\(sourceType)", "error": "\(error)"])
    }
  }
}

/// Runs a body until the group shuts down gracefully.
struct BackgroundService: Service {
  let body: @Sendable () async -> Void

  init(_ body: @escaping @Sendable () async -> Void) {
    self.body = body
  }

  func run() async throws {
    await cancelWhenGracefulShutdown(body)
  }
}

/// Keeps a pool's connections fresh. It goes on through the shutdown, since others still use the pool.
struct PoolService: Service {
  let pool: PostgresPool

  func run() async throws {
    await cancelWhenGracefulShutdown { await pool.run() }
  }
}

/// Commits until the shutdown, and then what was taken before it.
struct CommitService: Service {
  let committer: GroupCommitter

  func run() async throws {
    await withGracefulShutdownHandler {
      await committer.run()
    } onGracefulShutdown: {
      committer.close()
    }
  }
}
