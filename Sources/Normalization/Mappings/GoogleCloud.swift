internal import Core

extension SourceMapping {
  /// Cloud Audit Logs (cloud.google.com, "AuditLog"). Google Workspace's are written to them, too.
  static let gcp = SourceMapping(
    sourceType: "gcp.audit",
    names: ["gcp", "gcp.audit"],
    shape: RecordShape(all: ["protoPayload"]),
    logSources: .fixed([LogSource(product: "gcp", service: "gcp.audit")]),
    columns: [
      ColumnRule(.ts, "timestamp", "receiveTimestamp"),
      ColumnRule(.eventID, "protoPayload.methodName"),
      ColumnRule(
        .severity, "severity",
        reading: .severities([
          "default": 1, "debug": 1, "info": 1, "notice": 1, "warning": 3, "error": 4,
          "critical": 7, "alert": 7, "emergency": 7,
        ])),
      ColumnRule(.srcIP, "protoPayload.requestMetadata.callerIp"),
      ColumnRule(.user, "protoPayload.authenticationInfo.principalEmail"),
      ColumnRule(.host, "protoPayload.serviceName"),
      ColumnRule(.action, "protoPayload.methodName"),
      ColumnRule(.message, "protoPayload.status.message", "protoPayload.methodName"),
    ],
    senderIDs: [SenderIDRule("insertId", "logName")],
    fields: gcpFields)

  private static let gcpFields = FieldRules(copies: [
    "protoPayload.methodName": "gcp.audit.method_name",
    "protoPayload.serviceName": "gcp.audit.service_name",
  ])

  /// The same as Pub/Sub and Eventarc hand them on, inside `data`, which some rules name.
  static let gcpData = SourceMapping(
    sourceType: "gcp.audit",
    names: ["gcp", "gcp.audit"],
    shape: RecordShape(all: ["data"], values: [ValueCondition("data.protoPayload")]),
    logSources: .fixed([LogSource(product: "gcp", service: "gcp.audit")]),
    columns: gcp.columns.map {
      ColumnRule(column: $0.column, paths: $0.paths.map { "data." + $0 }, reading: $0.reading)
    },
    senderIDs: [SenderIDRule("data.insertId", "data.logName")],
    fields: FieldRules(
      copies: [
        "data.protoPayload.methodName": "gcp.audit.method_name",
        "data.protoPayload.serviceName": "gcp.audit.service_name",
        "data.logName": "data.protoPayload.logName",
        "data.resource.type": "data.protoPayload.resource.type",
      ]))

  /// Google Workspace's reports (developers.google.com, "Admin SDK: Reports API", Activities).
  static let workspaceReport = SourceMapping(
    sourceType: "gcp.google_workspace",
    names: ["gcp", "google_workspace", "gcp.google_workspace"],
    shape: RecordShape(
      all: ["kind", "events"], values: [ValueCondition("kind", "*#reports#activity")]),
    logSources: .tableOf(
      paths: ["id.applicationName"],
      sources: [
        "admin": [LogSource(product: "gcp", service: "google_workspace.admin")],
        "login": [LogSource(product: "gcp", service: "google_workspace.login")],
      ], otherwise: [LogSource(product: "gcp")]),
    columns: [
      ColumnRule(.ts, "id.time"),
      ColumnRule(.eventID, "events.name"),
      ColumnRule(.severity, "kind", reading: .constant("1")),
      ColumnRule(.srcIP, "ipAddress"),
      ColumnRule(.user, "actor.email"),
      ColumnRule(.action, "events.name"),
      ColumnRule(.message, "events.name"),
    ],
    senderIDs: [SenderIDRule("id.uniqueQualifier", "id.applicationName")],
    fields: FieldRules(
      copies: [
        "events.name": "eventName"
      ],
      moreCopies: [(path: "events.name", name: "protoPayload.metadata.event.eventName")],
      made: [
        MadeField("eventService", "id.applicationName", .table(workspaceServices)),
        MadeField(
          "protoPayload.serviceName", "id.applicationName", .table(workspaceServices)),
        MadeField(
          "protoPayload.Servicename", "id.applicationName", .table(workspaceServices)),
      ],
      named: ["events.parameters"]))

  private static let workspaceServices = [
    "admin": "admin.googleapis.com", "login": "login.googleapis.com",
  ]
}
