public import Core
public import Normalization
internal import Sigma

/// The rules in force for an organization, ready to run on events. Its identity is that of the rules:
/// other rules are another detector.
public final class Detector: Sendable {
  let layers: [DetectorLayer]
  let exceptions: ExceptionSet?

  init(layers: [DetectorLayer], exceptions: ExceptionSet? = nil) {
    self.layers = layers
    self.exceptions = exceptions
  }

  /// What a scratch needs memory for: the layers, then that of the exceptions' searches.
  var allLayers: [RuleLayer] {
    layers.map(\.layer) + (exceptions?.searches.map { [$0] } ?? [])
  }

  /// Appends a hit for each rule that matches the event.
  ///
  /// - Parameters:
  ///   - row: the event's position among the rows of its batch, which the hits bear.
  ///   - receivedAt: when the batch arrived, by which exceptions expire.
  public func detect(
    _ event: NormalizedEvent, row: Int, receivedAt: Timestamp, scratch: inout DetectorScratch,
    into hits: inout [DetectionHit]
  ) {
    scratch.bind(to: self)
    let first = hits.count
    var isRead = false
    for position in layers.indices {
      let slot = scratch.positions[position]
      let matched = layers[position].layer.matcher.match(
        event.fields, scratch: &scratch.slots[slot].matcher)
      for index in matched where !layers[position].mask.hides(index) {
        let rule = layers[position].rules[index]
        hits.append(
          DetectionHit(
            row: row, rule: rule, fields: rule.carried.json(of: event.fields),
            matched: rule.isExplained
              ? explanation(of: rule, event, &isRead, &scratch) : CarriedFields.nothing))
      }
    }
    if let exceptions, hits.count > first {
      exceptions.mark(
        &hits, from: first, event: event, receivedAt: receivedAt, scratch: &scratch,
        searchPosition: layers.count)
    }
  }

  private func explanation(
    of rule: DetectionRule, _ event: NormalizedEvent, _ isRead: inout Bool,
    _ scratch: inout DetectorScratch
  ) -> [UInt8] {
    if !isRead { scratch.explanation.read(event.fields) }
    isRead = true
    return rule.explainer.json(of: event.fields, scratch: &scratch.explanation)
  }
}
