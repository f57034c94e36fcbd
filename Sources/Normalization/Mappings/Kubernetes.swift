internal import Core

extension SourceMapping {
  /// The API server's audit log (kubernetes.io, "Audit", `audit.k8s.io/v1`).
  static let kubernetes = SourceMapping(
    sourceType: "kubernetes.audit",
    names: ["kubernetes", "k8s", "kubernetes.audit"],
    shape: RecordShape(
      all: ["kind"], anyOf: [["verb", "apiVersion"], ["objectRef", "auditID", "requestURI"]]),
    otherShapes: [
      RecordShape(
        all: ["verb"],
        anyOf: [["objectRef", "requestURI", "auditID", "requestObject", "responseStatus"]])
    ],
    logSources: .fixed([
      LogSource(category: "application", product: "kubernetes", service: "audit")
    ]),
    columns: [
      ColumnRule(.ts, "requestReceivedTimestamp", "stageTimestamp"),
      ColumnRule(.eventID, "verb"),
      ColumnRule(.severity, "kind", "verb", reading: .constant("1")),
      ColumnRule(.srcIP, "sourceIPs"),
      ColumnRule(.user, "user.username"),
      ColumnRule(.action, "verb"),
      ColumnRule(.outcome, "responseStatus.status", reading: .lowercased),
      ColumnRule(.message, "responseStatus.message", "requestURI"),
    ],
    senderIDs: [SenderIDRule("auditID", "stage")])
}
