internal import RuleStore
internal import Sigma
internal import SigmaYAML

/// Stored documents, each read by itself.
struct ParsedRules: Sendable {
  /// By id; those that could not be read too.
  private(set) var records: [String: RuleRecord] = [:]
  private(set) var rules: [Rule] = []
  private(set) var correlations: [CorrelationRule] = []
  private(set) var filters: [Sigma.RuleFilter] = []
  private(set) var refusals: [RuleRefusal] = []
  /// By id the tags of those that could be read and have any.
  private(set) var tags: [String: [String]] = [:]

  /// - Parameter records: their refusals name the id where a file would stand.
  init(_ records: [RuleRecord]) {
    let loader = RuleLoader()
    for record in records {
      guard self.records[record.id] == nil else {
        let error = SigmaError(.duplicate, "the id stands there already: give this its own")
        refusals.append(
          RuleRefusal(error, at: RuleLocation(file: record.id, line: 1), rule: record.id))
        continue
      }
      self.records[record.id] = record
      let (documents, refused) = loader.separate(text: record.source, file: record.id)
      refusals += refused
      guard refused.isEmpty else { continue }
      if let problem = Self.problem(record, documents) {
        let location = RuleLocation(file: record.id, line: 1)
        refusals.append(RuleRefusal(problem, at: location, rule: record.id))
      } else {
        for document in documents { add(document) }
      }
    }
  }

  /// Puts documents in the place of those with their ids.
  mutating func put(_ documents: [RuleFileDocument], as newRecords: [RuleRecord]) {
    for (document, record) in zip(documents, newRecords) {
      remove(record.id)
      records[record.id] = record
      add(document)
    }
  }

  mutating func remove(_ id: String) {
    records[id] = nil
    rules.removeAll { $0.id == id }
    correlations.removeAll { $0.id == id }
    filters.removeAll { $0.identity == id }
    refusals.removeAll { $0.file == id }
    tags[id] = nil
  }

  mutating func setMode(_ mode: RuleMode, of id: String) {
    records[id]?.mode = mode
  }

  private mutating func add(_ document: RuleFileDocument) {
    switch document.content {
    case .detection(let rule):
      rules.append(rule)
      if !rule.tags.isEmpty { tags[rule.id] = rule.tags }
    case .correlation(let rule):
      correlations.append(rule)
      if !rule.tags.isEmpty { tags[rule.id] = rule.tags }
    case .filter(let filter): filters.append(filter)
    }
  }

  private static func problem(
    _ record: RuleRecord, _ documents: [RuleFileDocument]
  ) -> SigmaError? {
    guard documents.count == 1, let document = documents.first else {
      return SigmaError(.structure, "\(documents.count) documents where one belongs")
    }
    guard document.id == record.id else {
      return SigmaError(.value, "id: it is \"\(document.id)\" here: give the document this id")
    }
    return nil
  }
}

extension Sigma.RuleFilter {
  /// What its record is known by.
  var identity: String { id ?? title }
}
