public import Core
internal import Outbox
public import Postgres

/// Deliveries as the nodes that send them see them, of all organizations. Times are the database's, so
/// that clocks of nodes do not matter.
public enum WebhookQueue {
  /// On which a delivery that a person asked for is announced.
  public static let channel = "harrier_webhooks"

  /// Makes deliveries of what is new in the outbox: exactly one for each webhook and message, since the
  /// cursor moves in the same transaction.
  ///
  /// - Parameters:
  ///   - limit: messages of each organization.
  ///   - seconds: for so long a delivery is tried.
  /// - Returns: how many messages were read, and how many deliveries were made of them.
  public static func expand(
    limit: Int32, for seconds: Int32, on connection: isolated PostgresConnection
  ) throws -> (messages: Int64, deliveries: Int64) {
    try connection.transaction {
      let behind = try connection.query(lockCursors) { (try $0.int4(0), try $0.int8(1)) }
      guard !behind.isEmpty else { return (0, 0) }
      let made = try connection.query(
        advance,
        [
          .int4Array(behind.map(\.0)), .int8Array(behind.map(\.1)), .int4(limit), .int4(seconds),
        ]
      ) { (messages: try $0.int8(0), deliveries: try $0.int8(1)) }
      return made.first ?? (0, 0)
    }
  }

  /// Takes deliveries that are due, for a while; others take them when that has passed.
  ///
  /// Of an incident's deliveries to one webhook only the first that is not finished is ever taken.
  ///
  /// - Parameters:
  ///   - failing: whether from webhooks whose last attempt failed, or from the others.
  ///   - perTarget: how many of one webhook are under way at a time.
  public static func claim(
    failing: Bool, limit: Int32, perTarget: Int32, leaseSeconds: Int32,
    on connection: isolated PostgresConnection
  ) throws -> [ClaimedDelivery] {
    let lease = WebhookDeliveryID.random()
    return try connection.query(
      claimStatement,
      [.bool(failing), .int4(perTarget), .int4(limit), lease.uuid.value, .int4(leaseSeconds)]
    ) { try ClaimedDelivery($0, lease) }
  }

  /// Writes what came of an attempt, unless the delivery has become another's.
  ///
  /// - Returns: whether it was written.
  @discardableResult
  public static func record(
    _ attempt: WebhookAttempt, of delivery: ClaimedDelivery,
    on connection: isolated PostgresConnection
  ) throws -> Bool {
    let entry = attempt.json
    let key: [PostgresValue] = [
      .int4(delivery.organization.rawValue), delivery.id.uuid.value, delivery.lease.uuid.value,
      .jsonb(entry),
    ]
    let webhook: [PostgresValue] = [
      .int4(delivery.organization.rawValue), delivery.webhook.uuid.value,
    ]
    return try connection.transaction {
      // As who deletes it does, the webhook before its deliveries.
      try connection.execute(lock, webhook)
      let count: Int
      switch attempt.outcome {
      case .delivered: count = try connection.execute(finish, key + [.text("delivered")])
      case .dead, .gone: count = try connection.execute(finish, key + [.text("dead")])
      case .retry(let at):
        count = try connection.execute(
          postpone, key + [.timestamptz(microseconds: at.microseconds)])
      }
      guard count > 0 else { return false }
      switch attempt.outcome {
      case .delivered: try connection.execute(succeeded, webhook)
      case .dead, .retry: try connection.execute(failed, webhook)
      case .gone: try connection.execute(disable, webhook)
      }
      return true
    }
  }

  /// Gives deliveries back that were not sent after all.
  public static func release(
    _ delivery: ClaimedDelivery, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      releaseStatement,
      [
        .int4(delivery.organization.rawValue), delivery.id.uuid.value, delivery.lease.uuid.value,
      ])
  }

  /// Removes at most `limit` deliveries that were finished before `time`; returns how many.
  public static func trim(
    before time: Timestamp, limit: Int32, on connection: isolated PostgresConnection
  ) throws -> Int {
    try connection.execute(
      trimStatement, [.timestamptz(microseconds: time.microseconds), .int4(limit)])
  }

  /// How many deliveries of webhooks that are enabled wait, and for how many seconds the oldest does.
  public static func backlog(
    on connection: isolated PostgresConnection
  ) throws -> (count: Int64, oldestSeconds: Double) {
    try connection.query(backlogStatement) { (try $0.int8(0), try $0.float8(1)) }.first ?? (0, 0)
  }
}

extension WebhookAttempt {
  var json: String {
    var json = JSONWriter()
    json.array { json in
      json.object { json in
        json.member("at", at)
        json.member("status", status)
        json.member("latency_ms", latencyMilliseconds)
        json.member("error", error)
      }
    }
    return json.text
  }
}

extension ClaimedDelivery {
  init(_ row: PostgresRow, _ lease: WebhookDeliveryID) throws {
    let id = try row.uuid(1)
    let webhook = try row.uuid(2)
    guard let format = Webhook.Format(rawValue: try row.text(5)) else {
      throw WebhookStoreError(.unknownValue, "webhooks.format")
    }
    self.init(
      organization: OrganizationID(try row.int4(0)),
      webhook: WebhookID(uuid: EventID(high: webhook.high, low: webhook.low)),
      id: WebhookDeliveryID(uuid: EventID(high: id.high, low: id.low)), lease: lease,
      url: try row.text(3), sealedSecret: try row.bytea(4), format: format,
      sequence: try row.optionalInt8(6), notice: try IncidentNotice(row, at: 10),
      at: Timestamp(microseconds: try row.timestamptz(7)), attempts: try row.int4(8),
      giveUpAt: Timestamp(microseconds: try row.timestamptz(9)))
  }
}
