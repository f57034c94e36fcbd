internal import Core

extension SourceMapping {
  /// Okta's System Log (developer.okta.com, "System Log API").
  static let okta = SourceMapping(
    sourceType: "okta",
    names: ["okta"],
    shape: RecordShape(
      anyOf: [["eventType", "eventtype"], ["published", "uuid", "displayMessage", "actor"]]),
    logSources: .fixed([LogSource(product: "okta", service: "okta")]),
    columns: [
      ColumnRule(.ts, "published"),
      ColumnRule(.eventID, "eventType", "eventtype"),
      ColumnRule(
        .severity, "severity", reading: .severities(["debug": 1, "info": 1, "warn": 3, "error": 4])),
      ColumnRule(.srcIP, "client.ipAddress", "client.ipaddress"),
      ColumnRule(.user, "actor.alternateId", "actor.alternateid"),
      ColumnRule(.action, "eventType", "eventtype"),
      ColumnRule(.outcome, "outcome.result", reading: .lowercased),
      ColumnRule(.message, "displayMessage", "displaymessage"),
    ],
    senderIDs: [SenderIDRule("uuid")])

  /// OneLogin's events (developers.onelogin.com, "Events").
  static let oneLogin = SourceMapping(
    sourceType: "onelogin.events",
    names: ["onelogin", "onelogin.events"],
    shape: RecordShape(all: ["event_type_id"]),
    logSources: .fixed([LogSource(product: "onelogin", service: "onelogin.events")]),
    columns: [
      ColumnRule(.ts, "event_timestamp", "created_at"),
      ColumnRule(.eventID, "event_type_id"),
      ColumnRule(.severity, "event_type_id", reading: .constant("1")),
      ColumnRule(.srcIP, "ipaddr"),
      ColumnRule(.user, "actor_user_name", "user_name"),
      ColumnRule(.action, "event_type_id"),
    ])

  /// Duo's administrator and authentication logs (duo.com, "Admin API").
  static let duo = SourceMapping(
    sourceType: "cisco.duo",
    names: ["duo", "cisco.duo"],
    shape: RecordShape(all: ["isotimestamp", "action"]),
    otherShapes: [
      RecordShape(
        all: ["event_type", "reason"], anyOf: [["txid", "access_device", "auth_device", "factor"]])
    ],
    logSources: .fixed([LogSource(product: "cisco", service: "duo")]),
    columns: [
      ColumnRule(.ts, "isotimestamp", "timestamp"),
      ColumnRule(.eventID, "action", "event_type"),
      ColumnRule(.severity, "action", "event_type", reading: .constant("1")),
      ColumnRule(.srcIP, "access_device.ip"),
      ColumnRule(.user, "username", "user.name"),
      ColumnRule(.action, "action", "event_type"),
      ColumnRule(.outcome, "result", reading: .lowercased),
      ColumnRule(.message, "description", "reason"),
    ])
}
