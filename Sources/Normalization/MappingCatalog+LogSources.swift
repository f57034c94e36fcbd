public import Core

extension MappingCatalog {
  /// The log sources that events of a stored source type can belong to, whatever the event: more than
  /// any one of them does.
  public func possibleLogSources(of sourceType: String) -> [LogSource] {
    let type = sourceType.lowercased()
    var catalog = LogSourceCatalog()
    var found = Set(catalog.set(sourceType: type).sources)
    for mapping in mappings {
      found.formUnion(Self.sources(mapping.mapping.logSources, of: mapping.mapping, type))
    }
    // A sender that names the type itself gets the log sources of the mapping that it means.
    for index in family(type) ?? [] {
      let mapping = mappings[index].mapping
      found.formUnion(Self.sources(mapping.logSources, of: mapping, mapping.sourceType))
    }
    return Array(found)
  }

  private static func sources(
    _ rule: LogSourceRule, of mapping: SourceMapping, _ type: String
  ) -> [LogSource] {
    let parts = type.split(separator: ".", maxSplits: 1).map(String.init)
    switch rule {
    case .fixed(let sources):
      return type == mapping.sourceType ? sources : []
    case .tableOf(_, let sources, let otherwise):
      return type == mapping.sourceType ? sources.values.flatMap(\.self) + otherwise : []
    case .service(_, let product, let always, let besides):
      guard parts.first == product else { return [] }
      return always + (parts.count == 2 ? besides[parts[1]] ?? [] : [])
    case .endpoint:
      guard parts.count == 2, parts[1] == "endpoint" else { return [] }
      return endpointCategories.map { LogSource(category: $0, product: parts[0]) }
        + [LogSource(product: parts[0])]
    case .windows: return windows(type, service: parts.count == 2 ? parts[1] : nil)
    // These name the type by the log source itself.
    case .table, .declared, .bySourceType: return []
    }
  }

  private static let endpointCategories = [
    "process_creation", "process_termination", "file_delete", "file_event", "network_connection",
  ]

  private static func windows(_ type: String, service: String?) -> [LogSource] {
    var found: [LogSource] = []
    for other in WindowsTables.otherProducts.values where other.sourceType == type {
      found += other.sources + other.categories.values.flatMap(\.self)
    }
    guard type == "windows" || type.hasPrefix("windows.") else { return found }
    found.append(LogSource(product: "windows"))
    for category in WindowsTables.categories where category.service == service {
      found.append(
        LogSource(category: category.name, product: "windows", service: category.service))
    }
    return found
  }
}
