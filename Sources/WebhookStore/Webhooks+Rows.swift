internal import Core
internal import Outbox
internal import Postgres

extension Webhook {
  static let columns = """
    id, name, url, format, actions, minimum_severity, enabled, disabled_reason, failures,
    created_by, created_at, updated_at
    """

  init(_ row: PostgresRow) throws {
    let id = try row.uuid(0)
    guard let format = Format(rawValue: try row.text(3)),
      let severity = IncidentSeverity(rawValue: try row.text(5))
    else { throw WebhookStoreError(.unknownValue, "webhooks.format or minimum_severity") }
    self.init(
      id: WebhookID(uuid: EventID(high: id.high, low: id.low)), name: try row.text(1),
      url: try row.text(2), format: format, actions: try row.textArray(4).compactMap { $0 },
      minimumSeverity: severity, isEnabled: try row.bool(6),
      disabledReason: try row.optionalText(7), failures: try row.int4(8),
      createdBy: try row.text(9), createdAt: Timestamp(microseconds: try row.timestamptz(10)),
      updatedAt: Timestamp(microseconds: try row.timestamptz(11)))
  }
}

extension WebhookDelivery {
  static let columns = """
    id, ordinal, sequence, state, attempts, history,
    case when state = 'pending' then next_attempt_at end, created_at, finished_at,
    payload ->> 'id', (payload ->> 'number')::int8, (payload ->> 'revision')::int4,
    payload ->> 'status', payload ->> 'severity', payload ->> 'action', payload ->> 'title'
    """

  init(_ row: PostgresRow) throws {
    let id = try row.uuid(0)
    guard let state = State(rawValue: try row.text(3)) else {
      throw WebhookStoreError(.unknownValue, "webhook_deliveries.state")
    }
    self.init(
      id: WebhookDeliveryID(uuid: EventID(high: id.high, low: id.low)), ordinal: try row.int8(1),
      sequence: try row.optionalInt8(2), notice: try IncidentNotice(row, at: 9), state: state,
      attempts: try row.int4(4), history: try row.jsonb(5),
      nextAttemptAt: try row.optionalTimestamptz(6).map { Timestamp(microseconds: $0) },
      createdAt: Timestamp(microseconds: try row.timestamptz(7)),
      finishedAt: try row.optionalTimestamptz(8).map { Timestamp(microseconds: $0) })
  }
}

extension IncidentNotice {
  /// Reads the seven columns from `first` on.
  init(_ row: PostgresRow, at first: Int) throws {
    self.init(
      id: try row.optionalText(first) ?? "", number: try row.optionalInt8(first + 1) ?? 0,
      revision: try row.optionalInt4(first + 2) ?? 0,
      status: try row.optionalText(first + 3) ?? "",
      severity: try row.optionalText(first + 4) ?? "",
      action: try row.optionalText(first + 5) ?? "", title: try row.optionalText(first + 6) ?? "")
  }

  /// As the outbox has it.
  var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("id", id)
      json.member("number", number)
      json.member("revision", revision)
      json.member("status", status)
      json.member("severity", severity)
      json.member("action", action)
      json.member("title", title)
    }
    return json.text
  }
}

extension EventID {
  var value: PostgresValue { .uuid(high: high, low: low) }
}
