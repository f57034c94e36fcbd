internal import Core
internal import Sigma

extension Rule {
  init(_ reader: NodeReader, location: RuleLocation) throws(SigmaError) {
    let metadata = try RuleMetadata(reader)
    let logSource = try LogSource(try reader.node("logsource"))
    let detection = try Detection(
      try NodeReader(try reader.node("detection"), path: "detection"))
    self.init(
      id: metadata.identity, name: metadata.name, title: metadata.title,
      description: metadata.description, status: metadata.status, level: metadata.level ?? .medium,
      author: metadata.author, date: metadata.date, modified: metadata.modified,
      references: metadata.references, tags: metadata.tags,
      falsePositives: metadata.falsePositives, logSource: logSource, detection: detection,
      fields: try reader.strings("fields"), location: location)
  }
}

extension RuleFilter {
  init(_ document: NodeReader, location: RuleLocation) throws(SigmaError) {
    let metadata = try RuleMetadata(document)
    let reader = try NodeReader(try document.node("filter"), path: "filter")
    let references = try reader.names("rules")
    guard !references.isEmpty else { throw reader.fault("rules", "missing: ids, names, or any") }
    self.init(
      title: metadata.title, id: metadata.id,
      logSource: try LogSource(try document.node("logsource")),
      scope: references.map { $0.lowercased() } == ["any"] ? .any : .rules(references),
      detection: try Detection(reader, ignoring: ["rules"]), location: location)
  }
}
