public import Core

/// How far a test has come.
public struct BacktestProgress: Sendable, Hashable {
  /// Events read.
  public var events: Int
  /// How many there are to read, counted at the start and at most as many as may be read; nil where
  /// counting took too long.
  public var estimated: Int?
  /// The time up to which events have been read.
  public var through: Timestamp
  /// Of the candidate.
  public var detections: Int

  /// `{"progress":{"events","of_estimated","through","detections"}}`, without an end of line.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.object("progress") { writer in
        writer.member("events", events)
        writer.member("of_estimated", estimated)
        writer.member("through", through)
        writer.member("detections", detections)
      }
    }
    return writer.text
  }
}
