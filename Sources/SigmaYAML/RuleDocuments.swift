internal import Core
public import Sigma

/// What rule files hold, before references are resolved and filters applied.
public struct RuleDocuments: Sendable {
  public var rules: [Rule] = []
  public var correlations: [CorrelationRule] = []
  public var filters: [RuleFilter] = []
  public var refusals: [RuleRefusal] = []

  public init() {}

  mutating func refuse(_ error: SigmaError, file: String, line: Int, rule: String?) {
    refusals.append(RuleRefusal(error, at: RuleLocation(file: file, line: line), rule: rule))
  }

  /// Adds the documents of one file's text.
  mutating func read(_ text: String, file: String, limits: RuleLoaderLimits) {
    let documents = YAMLDocument.split(text)
    guard documents.count <= limits.documentsPerFile else {
      refuse(
        SigmaError(.limit, "more than \(limits.documentsPerFile) documents"), file: file, line: 1,
        rule: nil)
      return
    }
    var collection = LegacyCollection()
    for document in documents { read(document, file: file, limits: limits, &collection) }
  }

  mutating func read(
    _ document: YAMLDocument, file: String, limits: RuleLoaderLimits,
    _ collection: inout LegacyCollection
  ) {
    do throws(SigmaError) {
      guard let node = try document.parse(limits: limits) else { return }
      read(node, file: file, &collection)
    } catch {
      collection.skip(document)
      refuse(error, file: file, line: document.line, rule: nil)
    }
  }

  private mutating func read(_ node: YAMLNode, file: String, _ collection: inout LegacyCollection) {
    let location = RuleLocation(file: file, line: node.line)
    do throws(SigmaError) {
      let reader = try NodeReader(node)
      guard !Self.isConversionTable(reader) else { return }
      try collection.check(reader)
      let kinds = ["detection", "correlation", "filter"].filter(reader.has)
      guard kinds.count == 1 else {
        throw SigmaError(
          .structure,
          kinds.isEmpty
            ? "neither detection, correlation nor filter: this is no rule"
            : "\(kinds.joined(separator: " and ")) in one document: write one document for each")
      }
      switch kinds[0] {
      case "detection": rules.append(try Rule(reader, location: location))
      case "correlation": correlations.append(try CorrelationRule(reader, location: location))
      default: filters.append(try RuleFilter(reader, location: location))
      }
    } catch {
      refuse(error, file: file, line: node.line, rule: RuleMetadata.identity(of: node))
    }
  }

  /// Whether a document is a table of a converter (`logsources` and what they are mapped to), as they
  /// lie beside rules in public collections: no rule, and none that went wrong.
  private static func isConversionTable(_ reader: NodeReader) -> Bool {
    reader.has("logsources")
      && !["logsource", "detection", "correlation", "filter", "action"].contains(where: reader.has)
  }

  /// Applies the filters, then resolves every reference.
  public func resolved() -> LoadedRules {
    var rules = self.rules
    var refusals = self.refusals
    for filter in filters {
      do throws(SigmaError) {
        try filter.apply(to: &rules)
      } catch {
        refusals.append(RuleRefusal(error, at: filter.location, rule: filter.id ?? filter.title))
      }
    }
    let (set, unresolved) = RuleSet.resolve(rules: rules, correlations: correlations)
    return LoadedRules(set: set, refusals: refusals + unresolved)
  }
}

/// Rules that fit together and run, and those that do not.
public struct LoadedRules: Sendable {
  public var set: RuleSet
  /// In the order of files and lines.
  public var refusals: [RuleRefusal]

  init(set: RuleSet, refusals: [RuleRefusal]) {
    self.set = set
    self.refusals = refusals.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
  }

  /// What `harrier rule check` prints.
  public var report: RuleCheckReport {
    RuleCheckReport(loaded: set.rules.count + set.correlations.count, refused: refusals)
  }
}
