public import Access
public import EventStore
public import Hummingbird
public import Ingestion
public import Logging
public import Telemetry

/// The HTTP service: every route with what it needs, on one address.
public struct HarrierService: Sendable {
  public var access: AccessControl
  public var ingestor: Ingestor
  public var events: EventQueries
  public var incidents: IncidentDesk
  public var cached: CachedReads
  public var readiness: Readiness
  public var metrics: MetricsRegistry

  public init(
    access: AccessControl, ingestor: Ingestor, events: EventQueries, incidents: IncidentDesk,
    cached: CachedReads, readiness: Readiness, metrics: MetricsRegistry
  ) {
    self.access = access
    self.ingestor = ingestor
    self.events = events
    self.incidents = incidents
    self.cached = cached
    self.readiness = readiness
    self.metrics = metrics
  }

  /// The server as a service of its own.
  ///
  /// - Parameters:
  ///   - port: 0 lets the system choose.
  ///   - running: is told the port once the service answers.
  public func application(
    host: String, port: Int, logger: Logger, running: @escaping @Sendable (Int) async -> Void
  ) -> some ApplicationProtocol {
    Application(
      responder: responder(),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil, backlog: 1024),
      onServerRunning: { channel in await running(channel.localAddress?.port ?? port) },
      logger: logger)
  }

  func responder() -> RouterResponder<HarrierRequestContext> {
    ServiceRouter.responder { router in
      IngestRoutes(access: access, ingestor: ingestor).add(to: router)
      EventRoutes(access: access, events: events, cached: cached).add(to: router)
      IncidentRoutes(access: access, desk: incidents, cached: cached).add(to: router)
      AuthRoutes(access: access).add(to: router)
      OperationRoutes(readiness: readiness, metrics: metrics).add(to: router)
    }
  }
}
