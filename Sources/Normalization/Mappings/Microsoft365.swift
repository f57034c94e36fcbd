internal import Core

extension SourceMapping {
  /// The unified audit log (learn.microsoft.com, "Office 365 Management Activity API schema").
  static let m365 = SourceMapping(
    sourceType: "m365.audit",
    names: ["m365", "o365", "m365.audit", "m365.exchange"],
    shape: RecordShape(
      anyOf: [["Operation", "operation"], ["RecordType", "recordtype", "Workload", "workload"]]),
    otherShapes: [
      RecordShape(
        all: ["eventSource", "eventName"],
        values: [ValueCondition("eventSource", "securitycompliancecenter", "exchange")])
    ],
    logSources: .tableOf(
      paths: ["Workload", "workload", "eventSource"],
      sources: [
        "exchange": [LogSource(product: "m365", service: "exchange")],
        "securitycompliancecenter": [
          LogSource(product: "m365", service: "threat_management"),
          LogSource(product: "m365", service: "threat_detection"),
          LogSource(product: "m365", service: "audit"),
        ],
      ], otherwise: [LogSource(product: "m365", service: "audit")]),
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
    senderIDs: [SenderIDRule("Id"), SenderIDRule("id")],
    fields: FieldRules(
      // An alert is called by its policy, anything else by its operation.
      copies: ["Operation": "eventName", "Name": "eventName"],
      made: [
        MadeField("eventSource", "Workload", .table(workloads)),
        MadeField("status", "ResultStatus", .table(statuses)),
        MadeField("status", "AlertId", .constant("success")),
      ]))

  private static let workloads = [
    "exchange": "Exchange", "securitycompliancecenter": "SecurityComplianceCenter",
  ]

  private static let statuses = [
    "succeeded": "success", "success": "success", "true": "success",
    "partiallysucceeded": "success",
    "failed": "failure", "failure": "failure", "false": "failure",
  ]
}
