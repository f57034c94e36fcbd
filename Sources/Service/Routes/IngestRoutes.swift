internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import Ingestion

/// `POST /api/events`: takes a batch and answers once it is durable.
struct IngestRoutes {
  let access: AccessControl
  let ingestor: Ingestor

  func add(to routes: RouteTable) {
    routes.on(Self.ingestEndpoint, use: ingest)
  }

  private static let ingestEndpoint = Endpoint(
    .post, "/api/events", "ingest_events", tag: "events",
    "Takes a batch of events and answers once it is durable.", caller: .scope(.eventsWrite),
    // Real log shippers take 429 as "drop it".
    limit: .none,
    parameters: [
      .query(
        "source_type", "The source type of the events that do not name their own.",
        .string(minimum: 1, maximum: 64)),
      .header(
        "Idempotency-Key", "A batch that is sent again under its key stores nothing twice.",
        .string(
          minimum: 1, maximum: IngestLimits().batchKeyLength, pattern: "^[!-~]+$")),
    ],
    body: Endpoint.Body(contentTypes: [
      // What is no record is put in quarantine, and refuses nothing.
      ("application/json", .anyOf([.map(.any), .array(.any)])),
      ("application/x-ndjson", .string(minimum: 1)),
    ]),
    answers: [.json(.named("Receipt"), "Every event is stored, a duplicate, or in quarantine.")],
    problems: [422])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Receipt",
      .object([
        .member("receipt", .text), .member("received", .integer()), .member("stored", .integer()),
        .member("duplicates", .integer()), .member("quarantined", .integer()),
        .member(
          "items",
          .array(
            .object([
              .member("index", .integer()), .member("status", .text), .member("code", .text),
              .member("detail", .text),
            ]), maximum: 100), "Those that were not stored."),
      ])
    )
  ]

  @Sendable private func ingest(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let principal = try context.authenticated()
    let sourceType = try request.query(of: Self.ingestEndpoint).string(
      "source_type", maximumLength: 64)
    let contentType = request.headers[.contentType]
    try IngestMediaType.check(contentType)
    let batchKey = try Self.batchKey(of: request, limit: ingestor.limits.batchKeyLength)
    let reservation = MemoryReservation(
      budget: ingestor.budget, organization: principal.organization, patience: ingestor.limits.hold)
    do {
      let body = try await BodyReader(limits: ingestor.limits, reservation: reservation).read(
        request)
      let batch = IngestRequest(
        organization: principal.organization, keyID: principal.keyID?.rawValue,
        source: "http.events", contentType: contentType, sourceType: sourceType,
        batchKey: batchKey, receivedAt: .now, body: body)
      let receipt = try await offEventLoop { [ingestor] in
        try await ingestor.ingest(batch, holding: reservation)
      }
      var response = Response.json { $0.receipt(receipt) }
      if let position = receipt.position { response.headers.put(.position, position) }
      return response
    } catch let error as IngestError {
      throw Problem(error)
    }
  }

  /// A sender's key for its batch: visible ASCII, as the header of an idempotent request may hold.
  private static func batchKey(of request: Request, limit: Int) throws(Problem) -> String? {
    guard let key = request.headers[.idempotencyKey] else { return nil }
    guard (1...limit).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Problem(
        slug: "invalid_header", title: "A header is not valid", status: 400,
        detail: "Idempotency-Key must be 1 to \(limit) visible ASCII characters",
        errors: [
          FieldError(
            pointer: "Idempotency-Key", code: "invalid", detail: "1 to \(limit) visible characters")
        ])
    }
    return key
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}

extension Problem {
  /// What a sender is told of a batch that was not taken.
  init(_ error: IngestError) {
    switch error.code {
    case .overloaded:
      self.init(
        slug: "overloaded", title: "Not taken now", status: 503, detail: error.message,
        retryAfterSeconds: 2)
    case .malformed:
      self.init(
        slug: "malformed_body", title: "The body is not what it claims to be", status: 400,
        detail: error.message)
    case .tooLarge:
      self.init(
        slug: "body_too_large", title: "The body is too large", status: 413, detail: error.message)
    case .keyConflict:
      self.init(
        slug: "idempotency_key_reused", title: "The key stands for another batch", status: 422,
        detail: error.message)
    }
  }
}

extension JSONWriter {
  /// The answer to a batch (interface.md §3).
  mutating func receipt(_ receipt: IngestReceipt) {
    member("receipt", String(receipt.batchID))
    member("received", receipt.received)
    member("stored", receipt.stored)
    member("duplicates", receipt.duplicates)
    member("quarantined", receipt.quarantined)
    array("items") { json in
      for item in receipt.items {
        json.object { json in
          json.member("index", item.index)
          json.member("status", item.status.rawValue)
          json.member("code", item.code)
          json.member("detail", item.detail)
        }
      }
    }
  }
}
