internal import Core

extension SourceMapping {
  /// AWS CloudTrail records (AWS documentation, "CloudTrail record contents"). An element of rules may
  /// also be the JSON text of the three objects that differ by call.
  static let cloudTrail = SourceMapping(
    sourceType: "aws.cloudtrail",
    names: ["cloudtrail", "aws.cloudtrail", "aws"],
    shape: RecordShape(anyOf: [["eventName", "eventSource", "eventname", "eventsource"], parts]),
    otherShapes: [RecordShape(values: [ValueCondition("eventSource", "*.amazonaws.com")])],
    logSources: .fixed([LogSource(product: "aws", service: "cloudtrail")]),
    columns: columns,
    senderIDs: [SenderIDRule("eventID")],
    fields: FieldRules(texts: texts)
  )

  /// The same as EventBridge delivers them, inside `detail`.
  static let cloudTrailDetail = SourceMapping(
    sourceType: "aws.cloudtrail",
    names: ["cloudtrail", "aws.cloudtrail", "aws"],
    shape: RecordShape(
      all: ["detail", "detail-type"],
      values: [ValueCondition("detail-type", "*via cloudtrail")]),
    logSources: .fixed([LogSource(product: "aws", service: "cloudtrail")]),
    columns: columns,
    senderIDs: [SenderIDRule("eventID")],
    fields: FieldRules(hoisted: ["detail"], texts: texts)
  )

  private static let texts = ["userIdentity", "requestParameters", "responseElements"]

  /// What a CloudTrail record has beside the name or the source of its event.
  private static let parts = [
    "eventVersion", "awsRegion", "userIdentity", "recipientAccountId", "sourceIPAddress",
    "requestParameters", "responseElements", "additionalEventData", "eventversion", "awsregion",
    "useridentity", "recipientaccountid", "sourceipaddress",
  ]

  private static let columns: [ColumnRule] = [
    ColumnRule(.ts, "eventTime", "eventtime"),
    ColumnRule(.eventID, "eventName", "eventname"),
    ColumnRule(.severity, "errorCode", "errorcode", reading: .constant("3")),
    ColumnRule(.severity, "eventName", "eventname", "eventSource", reading: .constant("1")),
    ColumnRule(.srcIP, "sourceIPAddress", "sourceipaddress"),
    ColumnRule(.host, "eventSource", "eventsource"),
    ColumnRule(
      .user, "userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName",
      "userIdentity.arn", "userIdentity.principalId", "userIdentity.type"),
    ColumnRule(.action, "eventName", "eventname"),
    ColumnRule(.outcome, "errorCode", "errorcode", reading: .constant("failure")),
    ColumnRule(.outcome, "eventName", "eventname", reading: .constant("success")),
    ColumnRule(.message, "errorMessage", "errormessage", "eventName", "eventname"),
  ]
}
