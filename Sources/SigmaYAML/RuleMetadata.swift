internal import Sigma

/// What rules, correlations and filters have in common.
struct RuleMetadata {
  var id: String?
  var name: String?
  var title: String
  var description: String
  var status: RuleStatus?
  var level: RuleLevel?
  var author: String?
  var date: String?
  var modified: String?
  var references: [String]
  var tags: [String]
  var falsePositives: [String]

  static let maximumTitle = 1024

  init(_ reader: NodeReader) throws(SigmaError) {
    title = try reader.string("title")
    guard title.utf8.count <= Self.maximumTitle else {
      throw reader.fault("title", "longer than \(Self.maximumTitle) bytes", code: .limit)
    }
    if let taxonomy = try reader.optionalString("taxonomy"), taxonomy != "sigma" {
      throw reader.fault(
        "taxonomy", "\"\(taxonomy)\" is not known here, only sigma", code: .unsupported)
    }
    id = try reader.optionalString("id")
    name = try reader.optionalString("name")
    description = try reader.optionalString("description") ?? ""
    status = try reader.choice("status", of: RuleStatus.self)
    level = try reader.choice("level", of: RuleLevel.self)
    author = try reader.strings("author").joined(separator: ", ")
    if author?.isEmpty == true { author = nil }
    date = try reader.optionalString("date")
    modified = try reader.optionalString("modified")
    references = try reader.strings("references")
    tags = try reader.strings("tags")
    falsePositives = try reader.strings("falsepositives")
    guard !identity.isEmpty, identity.utf8.count <= 512 else {
      throw reader.fault("id", "empty or longer than 512 bytes", code: .value)
    }
  }

  /// The id, else the name, else the title.
  var identity: String { id ?? name ?? title }

  /// The same of a document that may be broken elsewhere, for refusals.
  static func identity(of node: YAMLNode) -> String? {
    guard case .mapping(let entries) = node.content else { return nil }
    for key in ["id", "name", "title"] {
      if let text = entries.first(where: { $0.key == key })?.value.string { return text }
    }
    return nil
  }
}
