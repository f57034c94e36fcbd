internal import Sigma
internal import SigmaYAML

/// What documents must fulfil before they are stored, beside what the loader asks.
enum RuleDrafts {
  /// Those with an id of their own and with texts that can be stored.
  static func unique(
    _ documents: [RuleFileDocument]
  ) -> (documents: [RuleFileDocument], refusals: [RuleRefusal]) {
    var known: [String: RuleLocation] = [:]
    var kept: [RuleFileDocument] = []
    var refusals: [RuleRefusal] = []
    for document in documents {
      if let problem = problem(document, known) {
        refusals.append(RuleRefusal(problem, at: document.location, rule: document.id))
      } else {
        known[document.id] = document.location
        kept.append(document)
      }
    }
    return (kept, refusals)
  }

  private static func problem(
    _ document: RuleFileDocument, _ known: [String: RuleLocation]
  ) -> SigmaError? {
    if let first = known[document.id] {
      return SigmaError(
        .duplicate, "the id stands already at \(first): give this document its own")
    }
    for (name, text) in [("id", document.id), ("title", document.title)]
    where text.utf8.contains(0) {
      return SigmaError(.value, "\(name): it holds U+0000, which can't be stored")
    }
    return nil
  }
}
