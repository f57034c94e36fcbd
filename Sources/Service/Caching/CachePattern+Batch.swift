public import Ingestion
public import ListCache

extension CachePattern {
  /// What a batch makes unreachable: lists of events in its months, the quarantine, and rules, which are shown
  /// with what they found.
  public static func changed(by batch: CommittedBatch) -> [CachePattern] {
    var patterns: [CachePattern] = []
    if batch.stored > 0 {
      patterns = batch.months.map { .events(of: batch.organization, month: $0) }
    }
    if batch.quarantined > 0 {
      patterns.append(AnswerGroup.quarantine.pattern(of: batch.organization))
    }
    if batch.detections > 0 { patterns.append(AnswerGroup.rules.pattern(of: batch.organization)) }
    return patterns
  }
}
