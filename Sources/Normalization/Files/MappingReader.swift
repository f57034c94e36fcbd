internal import Core

/// Reads one mapping of a file.
struct MappingReader {
  private let place: JSONPlace
  private let members: [String: JSONPlace]

  init(_ place: JSONPlace) throws(MappingFileError) {
    self.place = place
    members = try place.members([
      "source_type", "extends", "names", "recognize", "log_sources", "columns", "fields", "renames",
    ])
  }

  /// One mapping; one for each form of the source that it extends.
  func mappings() throws(MappingFileError) -> [SourceMapping] {
    var bases = [
      SourceMapping(sourceType: "", names: [], shape: RecordShape(), logSources: .fixed([]))
    ]
    if let extended = members["extends"] {
      let name = try extended.text().lowercased()
      bases = SourceMapping.builtIn.filter { $0.sourceType == name }
      guard !bases.isEmpty else {
        let known = Set(SourceMapping.builtIn.map(\.sourceType)).sorted().joined(separator: ", ")
        throw extended.error("isn't a source type of Harrier's: use one of \(known)")
      }
    } else if members["source_type"] == nil || members["recognize"] == nil {
      throw place.error("needs source_type and recognize, or extends")
    }
    var result: [SourceMapping] = []
    for base in bases { result.append(try mapping(from: base)) }
    return result
  }

  private func mapping(from base: SourceMapping) throws(MappingFileError) -> SourceMapping {
    var mapping = base
    if let type = members["source_type"] {
      mapping.sourceType = try type.text()
      guard mapping.sourceType.utf8.count <= TextLimits.sourceType else {
        throw type.error("must have at most \(TextLimits.sourceType) bytes")
      }
      mapping.names.append(mapping.sourceType.lowercased())
    }
    for name in try members["names"]?.texts() ?? [] { mapping.names.append(name.lowercased()) }
    if let recognize = members["recognize"] {
      var shapes: [RecordShape] = []
      if case .array = recognize.value {
        for element in try recognize.elements() { shapes.append(try shape(element)) }
      } else {
        shapes = [try shape(recognize)]
      }
      guard let first = shapes.first else { throw recognize.error("must name at least one form") }
      mapping.shape = first
      mapping.otherShapes = Array(shapes.dropFirst())
    }
    if let sources = members["log_sources"] { try add(sources, to: &mapping) }
    if let columns = members["columns"] {
      var rules: [ColumnRule] = []
      for (name, value) in try columns.entries() { rules.append(try column(name, value)) }
      mapping.columns = rules + mapping.columns
    }
    for (name, paths) in try members["fields"]?.entries() ?? [] {
      for path in try paths.texts() { mapping.fields.moreCopies.append((path: path, name: name)) }
    }
    for (path, name) in try members["renames"]?.entries() ?? [] {
      mapping.fields.renames[path] = try name.text()
    }
    return mapping
  }

  private func shape(_ place: JSONPlace) throws(MappingFileError) -> RecordShape {
    let members = try place.members(["all", "any", "values"])
    var shape = RecordShape()
    shape.all = try members["all"]?.texts() ?? []
    if let any = members["any"] {
      let elements = try any.elements()
      if case .array = elements.first?.value {
        for group in elements { shape.anyOf.append(try group.texts()) }
      } else {
        shape.anyOf = [try any.texts()]
      }
    }
    for (path, patterns) in try members["values"]?.entries() ?? [] {
      var texts: [String] = []
      if case .array(let list) = patterns.value, list.isEmpty {
        texts = []
      } else {
        texts = try patterns.texts()
      }
      shape.values.append(ValueCondition(path: path, patterns: texts))
    }
    guard !shape.all.isEmpty || !shape.anyOf.isEmpty || !shape.values.isEmpty else {
      throw place.error("would take every record: say all, any or values")
    }
    return shape
  }

  private func add(_ place: JSONPlace, to mapping: inout SourceMapping) throws(MappingFileError) {
    var sources: [LogSource] = []
    for element in try place.elements() {
      let members = try element.members(["category", "product", "service"])
      guard !members.isEmpty else { throw element.error("needs a category, product or service") }
      sources.append(
        LogSource(
          category: try members["category"]?.text().lowercased(),
          product: try members["product"]?.text().lowercased(),
          service: try members["service"]?.text().lowercased()))
    }
    guard case .fixed(let own) = mapping.logSources else {
      throw place.error("can't be added: this source's log sources depend on the record")
    }
    mapping.logSources = .fixed(own + sources)
  }
}
