public import Core

/// An event taken apart for the naive evaluator: one array of occurrences a field.
public struct NaiveEvent: Sendable {
  struct Occurrence: Sendable {
    let text: [Unicode.Scalar]
    let isNull: Bool

    var utf8: [UInt8] { Array(string.utf8) }
    var folded: [UInt8] { CaseFolding.fold(utf8: utf8) }

    var string: String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text)
      return String(view)
    }
  }

  let logSources: LogSourceSet
  let fields: [String: [Occurrence]]
  /// What keywords are sought in: all values of the record itself, joined by newlines.
  let text: Occurrence

  public init(_ event: EventFields) {
    logSources = event.logSources
    var fields: [String: [Occurrence]] = [:]
    var text: [Unicode.Scalar] = []
    for (index, entry) in event.entries.enumerated() {
      let occurrence = Occurrence(
        text: Array(event.value(of: entry).unicodeScalars), isNull: entry.kind == .null)
      fields[event.name(of: entry), default: []].append(occurrence)
      if !occurrence.isNull, index < event.recordEntryCount {
        if !text.isEmpty { text.append("\n") }
        text += occurrence.text
      }
    }
    self.fields = fields
    self.text = Occurrence(text: text, isNull: false)
  }
}
