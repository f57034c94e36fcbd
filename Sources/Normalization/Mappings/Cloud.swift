internal import Core

/// Audit logs of cloud services. Their fields keep the vendors' paths, which Sigma's rules use as they
/// are.
extension SourceMapping {
  static let kubernetes = SourceMapping(
    sourceType: "kubernetes.audit",
    names: ["kubernetes", "k8s", "kubernetes.audit"],
    shape: RecordShape(
      all: ["kind"], anyOf: [["verb", "apiVersion"], ["objectRef", "auditID", "requestURI"]]),
    logSources: .fixed([
      LogSource(category: "application", product: "kubernetes", service: "audit")
    ]),
    columns: [
      ColumnRule(.ts, "requestReceivedTimestamp", "stageTimestamp"),
      ColumnRule(.eventID, "verb"),
      ColumnRule(.severity, "kind", reading: .constant("1")),
      ColumnRule(.srcIP, "sourceIPs"),
      ColumnRule(.user, "user.username"),
      ColumnRule(.action, "verb"),
      ColumnRule(.outcome, "responseStatus.status", reading: .lowercased),
      ColumnRule(.message, "responseStatus.message", "requestURI"),
    ],
    senderIDs: [SenderIDRule("auditID", "stage")])

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
    fields: FieldRules(copies: [
      "protoPayload.methodName": "gcp.audit.method_name",
      "protoPayload.serviceName": "gcp.audit.service_name",
    ]))

  static let azure = SourceMapping(
    sourceType: "azure.activitylogs",
    names: ["azure", "azure.activitylogs", "azure.signinlogs", "azure.auditlogs"],
    shape: RecordShape(
      anyOf: [["operationName", "operationname"], ["category", "resourceId"]]),
    logSources: .table(
      paths: ["category"],
      services: [
        "signinlogs": "signinlogs", "serviceprincipalsigninlogs": "signinlogs",
        "noninteractiveusersigninlogs": "signinlogs", "managedidentitysigninlogs": "signinlogs",
        "auditlogs": "auditlogs", "directorymanagement": "auditlogs",
        "applicationmanagement": "auditlogs", "usermanagement": "auditlogs",
        "groupmanagement": "auditlogs", "rolemanagement": "auditlogs", "policy": "activitylogs",
      ],
      otherwise: "activitylogs", product: "azure"),
    columns: [
      ColumnRule(.ts, "time"),
      ColumnRule(.eventID, "operationName"),
      ColumnRule(.severity, "category", reading: .constant("1")),
      ColumnRule(.srcIP, "callerIpAddress", "properties.ipAddress"),
      ColumnRule(
        .user, "properties.userPrincipalName", "identity.claims.name",
        "properties.initiatedBy.user.userPrincipalName"),
      ColumnRule(.host, "resourceId"),
      ColumnRule(.action, "operationName"),
      ColumnRule(.outcome, "resultType", reading: .lowercased),
      ColumnRule(.message, "resultDescription", "operationName"),
    ])

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

  static let github = SourceMapping(
    sourceType: "github.audit",
    names: ["github", "github.audit"],
    shape: RecordShape(
      all: ["action", "actor"],
      anyOf: [["org", "repo", "created_at", "_document_id", "business", "at_sign_timestamp"]]),
    logSources: .fixed([LogSource(product: "github", service: "audit")]),
    columns: [
      ColumnRule(.ts, "ts", "created_at", "at_sign_timestamp"),
      ColumnRule(.eventID, "action"),
      ColumnRule(.severity, "action", reading: .constant("1")),
      ColumnRule(.srcIP, "actor_ip"),
      ColumnRule(.user, "actor"),
      ColumnRule(.action, "action"),
      ColumnRule(.message, "action"),
    ],
    senderIDs: [SenderIDRule("_document_id")])

  static let m365 = SourceMapping(
    sourceType: "m365.audit",
    names: ["m365", "o365", "m365.audit", "m365.exchange"],
    shape: RecordShape(
      anyOf: [["Operation", "operation"], ["RecordType", "recordtype", "Workload", "workload"]]),
    logSources: .table(
      paths: ["Workload", "workload"], services: ["exchange": "exchange"], otherwise: "audit",
      product: "m365"),
    columns: [
      ColumnRule(.ts, "CreationTime", "creationtime"),
      ColumnRule(.eventID, "Operation", "operation"),
      ColumnRule(.severity, "Operation", "operation", reading: .constant("1")),
      ColumnRule(.srcIP, "ClientIP", "clientip", "ActorIpAddress"),
      ColumnRule(.user, "UserId", "userid"),
      ColumnRule(.action, "Operation", "operation"),
      ColumnRule(.outcome, "ResultStatus", "resultstatus", reading: .lowercased),
      ColumnRule(.message, "Operation", "operation"),
    ],
    senderIDs: [SenderIDRule("Id"), SenderIDRule("id")])

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

  static let duo = SourceMapping(
    sourceType: "cisco.duo",
    names: ["duo", "cisco.duo"],
    shape: RecordShape(all: ["isotimestamp", "action"]),
    logSources: .fixed([LogSource(product: "cisco", service: "duo")]),
    columns: [
      ColumnRule(.ts, "isotimestamp", "timestamp"),
      ColumnRule(.eventID, "action"),
      ColumnRule(.severity, "action", reading: .constant("1")),
      ColumnRule(.user, "username"),
      ColumnRule(.action, "action"),
      ColumnRule(.message, "description"),
    ])

  /// osquery's results log, differential or snapshot: `columns` holds the row.
  static let osquery = SourceMapping(
    sourceType: "osquery",
    names: ["osquery"],
    shape: RecordShape(
      all: ["hostIdentifier", "name"], anyOf: [["columns", "snapshot", "action"]]),
    logSources: .fixed([LogSource(product: "osquery")]),
    columns: [
      ColumnRule(.ts, "unixTime", "calendarTime"),
      ColumnRule(.eventID, "name"),
      ColumnRule(.severity, "name", reading: .constant("1")),
      ColumnRule(.srcIP, "columns.remote_address", "columns.src_ip"),
      ColumnRule(.dstPort, "columns.remote_port"),
      ColumnRule(.host, "hostIdentifier", "decorations.hostname"),
      ColumnRule(.user, "columns.username", "columns.user"),
      ColumnRule(.process, "columns.path", "columns.name", reading: .fileName),
      ColumnRule(.action, "action"),
      ColumnRule(.message, "columns.cmdline", "name"),
    ])
}
