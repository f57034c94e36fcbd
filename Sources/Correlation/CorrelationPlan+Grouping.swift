internal import Core
internal import Sigma

/// The group that a detection belongs to, and the text by which it is found again.
struct Group: Hashable, Sendable {
  let values: [GroupValue]

  /// Each value with its length before it, so that no value can look like two. At most
  /// `BoundedText.key` bytes, since it stands in an index.
  var key: String {
    var text = ""
    for value in values {
      if !text.isEmpty { text += "|" }
      text += String(value.value.utf8.count)
      text += ":"
      text += value.value
    }
    return BoundedText.cut(text, above: BoundedText.key, keeping: 900)
  }
}

extension CorrelationPlan {
  /// The group of `detection` by the fields of `step`; nil where it lacks one.
  func group(of detection: Detection, step: Int) -> Group? {
    var values: [GroupValue] = []
    for (name, field) in zip(groupNames, steps[step].groupFields) {
      guard let field, let value = detection.fields[field] else { return nil }
      values.append(GroupValue(name: name, value: BoundedText.folded(value)))
    }
    return Group(values: values)
  }

  /// The group of a plain rule's detection: its principal entity, or all of the rule's.
  static func principal(of detection: Detection) -> Group {
    let candidates = [
      ("src_ip", detection.srcIP?.description), ("user", detection.user),
      ("host", detection.host), ("dst_ip", detection.dstIP?.description),
    ]
    for case (let name, let value?) in candidates where !value.isEmpty {
      return Group(values: [GroupValue(name: name, value: BoundedText.folded(value))])
    }
    return Group(values: [])
  }

  /// What of `detection` is counted; nil where it has nothing to count and so takes no part.
  func value(of detection: Detection, step: Int) -> Item.Value? {
    guard countsValues else { return Item.Value.none }
    let fields = steps[step].valueFields
    if case .valueCount = condition {
      let values = fields.compactMap { $0.flatMap { detection.fields[$0].map(BoundedText.folded) } }
      guard values.count == fields.count else { return nil }
      if values.count == 1 { return .text(values[0]) }
      return .text(values.map { "\($0.utf8.count):\($0)" }.joined(separator: "|"))
    }
    guard case let field?? = fields.first, let text = detection.fields[field],
      let number = Number(text)?.double, number.magnitude <= Window.largestNumber
    else { return nil }
    return .number(number)
  }
}
