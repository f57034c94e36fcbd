internal import Core

extension SourceMapping {
  /// GitHub's audit log, as its API, its streams and its webhooks have it (docs.github.com, "Audit log
  /// events").
  static let github = SourceMapping(
    sourceType: "github.audit",
    names: ["github", "github.audit"],
    shape: RecordShape(
      all: ["action", "actor"],
      anyOf: [["org", "repo", "created_at", "_document_id", "business", "at_sign_timestamp"]]),
    otherShapes: [
      // Every action is `group.what`, and something in the record tells whom it concerned.
      RecordShape(
        all: ["action"],
        anyOf: [
          [
            "actor", "actor_id", "actor_ip", "org_id", "repo_id", "business_id", "org", "repo",
            "programmatic_access_type", "_document_id",
          ],
          [
            "user", "user_id", "user_agent", "org", "repo", "business", "team", "visibility",
            "actor_ip", "actor_location", "operation_type", "created_at", "data", "permission",
          ],
        ],
        values: [ValueCondition("action", "*.*")])
    ],
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
}
