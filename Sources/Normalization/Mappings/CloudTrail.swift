internal import Core

extension SourceMapping {
  /// AWS CloudTrail records (AWS documentation, "CloudTrail record contents"). An element of rules may
  /// also be the JSON text of the three objects that differ by call.
  static let cloudTrail = SourceMapping(
    sourceType: "aws.cloudtrail",
    names: ["cloudtrail", "aws.cloudtrail", "aws"],
    shape: RecordShape(
      anyOf: [
        ["eventName", "eventSource"],
        ["eventVersion", "awsRegion", "userIdentity", "recipientAccountId", "sourceIPAddress"],
      ]),
    logSources: .fixed([LogSource(product: "aws", service: "cloudtrail")]),
    columns: [
      ColumnRule(.ts, "eventTime"),
      ColumnRule(.eventID, "eventName"),
      ColumnRule(.severity, "errorCode", reading: .constant("3")),
      ColumnRule(.severity, "eventName", reading: .constant("1")),
      ColumnRule(.srcIP, "sourceIPAddress"),
      ColumnRule(.host, "eventSource"),
      ColumnRule(
        .user, "userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName",
        "userIdentity.arn", "userIdentity.principalId", "userIdentity.type"),
      ColumnRule(.action, "eventName"),
      ColumnRule(.outcome, "errorCode", reading: .constant("failure")),
      ColumnRule(.outcome, "eventName", reading: .constant("success")),
      ColumnRule(.message, "errorMessage", "eventName"),
    ],
    senderIDs: [SenderIDRule("eventID")],
    fields: FieldRules(texts: ["userIdentity", "requestParameters", "responseElements"])
  )
}
