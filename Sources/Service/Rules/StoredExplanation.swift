internal import Correlation
internal import EventScanner

/// What the JSON that was stored with an incident says of its group and threshold.
struct StoredExplanation {
  private(set) var group: [GroupValue] = []
  private(set) var threshold: String?
  private(set) var timespanSeconds = 0.0

  /// What cannot be read is left out: an incident that a person opened has none of it.
  init(_ json: String) {
    let bytes = Array(json.utf8)
    let span = bytes.span.bytes
    var tape = JSONTape()
    do throws(ScanError) {
      try JSONScanner().scanRecord(span, into: &tape)
    } catch {
      return
    }
    if let index = tape.member("threshold", in: span), tape.nodes[index].kind == .string {
      threshold = tape.string(at: index, in: span)
    }
    if let index = tape.member("timespan_seconds", in: span) {
      timespanSeconds = tape.double(at: index, in: span) ?? 0
    }
    guard let object = tape.member("group", in: span), tape.nodes[object].kind == .object else {
      return
    }
    var child = object + 1
    while child < tape.nodes[object].end {
      var key: [UInt8] = []
      tape.appendKey(at: child, in: span, to: &key)
      group.append(
        GroupValue(
          name: String(decoding: key, as: UTF8.self), value: tape.string(at: child, in: span)))
      child = tape.nodes[child].end
    }
  }
}
