public import Core

/// A stretch of the past that correlation has to be told before it can go on.
public struct HistoryRequest: Sendable, Hashable {
  /// Index in the plan set's `families`.
  public let family: Int
  /// The rules whose detections are asked for.
  public let ruleIDs: [String]
  /// The correlations whose incidents are asked for.
  public let incidentRuleIDs: [String]
  /// Event time, both ends inclusive. Wanted are the detections in it that have been read before,
  /// and the incidents, neither merged nor retracted, whose episode has a part in it.
  public let from: Timestamp
  public let to: Timestamp
}

/// The episodes of a plain rule's group that have to be known.
public struct EpisodeRequest: Sendable, Hashable {
  public let ruleID: String
  public let groupKey: String
  /// Wanted are the incidents, neither merged nor retracted, whose episode has a part in it.
  public let from: Timestamp
  public let to: Timestamp
}

/// What has to be loaded before a batch can be applied.
public struct CorrelationNeeds: Sendable {
  public var history: [HistoryRequest] = []
  public var episodes: [EpisodeRequest] = []

  public init() {}
}
