/// Is told what ingestion does; for metrics and logs.
public protocol IngestObserver: Sendable {
  /// After the commit.
  ///
  /// - Parameter source: the endpoint or listener that took the batch.
  func committed(_ receipt: IngestReceipt, from source: String)
  /// A batch was not taken as a whole; the error's cause is for the operator, not for the sender.
  func refused(_ error: IngestError, from source: String)
}
