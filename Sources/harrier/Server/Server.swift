import Access
import Core
import EventStore
import Hummingbird
import Ingestion
import Logging
import Postgres
import Service
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `harrier serve`: wires every part together and runs them until it is told to stop.
struct Server {
  let configuration: ServerConfiguration

  /// - Parameter running: is told the port once the service answers; what it throws ends the server.
  func run(running: @escaping @Sendable (Int) async throws -> Void) async throws {
    OpenFiles.raiseLimit()
    let logger = try Logging.start(level: configuration.logLevel)
    let parts = try await ServerParts(configuration, logger: logger)
    let announcement = Announcement(running)
    let application = parts.service.application(
      host: configuration.host, port: configuration.port, logger: logger
    ) { port in
      announcement.announce(port)
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: parts.services(application, announcement).map {
          .init(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    do {
      try await group.run()
    } catch {
      await parts.close()
      throw error
    }
    await parts.close()
  }
}

/// Runs what is to be done once the service answers, as one of the services.
final class Announcement: Service {
  private let body: @Sendable (Int) async throws -> Void
  private let ports: AsyncStream<Int>
  private let continuation: AsyncStream<Int>.Continuation

  init(_ body: @escaping @Sendable (Int) async throws -> Void) {
    self.body = body
    (ports, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func announce(_ port: Int) {
    continuation.yield(port)
    continuation.finish()
  }

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      for await port in self.ports { try await self.body(port) }
    }
    try await gracefulShutdown()
  }
}
