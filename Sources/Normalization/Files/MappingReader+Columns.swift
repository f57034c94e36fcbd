internal import Core

extension MappingReader {
  /// A column's paths, or an object that says also how its value is read.
  func column(_ name: String, _ place: JSONPlace) throws(MappingFileError) -> ColumnRule {
    guard let column = Column.allCases.first(where: { DerivedFields.columnNames[$0] == name }),
      column != .sourceType
    else {
      let known = Column.allCases.filter { $0 != .sourceType }
        .compactMap { DerivedFields.columnNames[$0] }
      throw place.error("isn't a column: use \(known.joined(separator: ", "))")
    }
    guard case .object = place.value else {
      return ColumnRule(column: column, paths: try place.texts())
    }
    let members = try place.members(["from", "values", "constant", "as"])
    guard let from = members["from"] else { throw place.error("needs from: the paths to read") }
    guard members.count <= 2 else {
      throw place.error("takes one of values, constant and as")
    }
    var reading = Reading.plain
    if let values = members["values"] { reading = try table(values, column) }
    if let constant = members["constant"] { reading = .constant(try scalar(constant, column)) }
    if let form = members["as"] {
      switch try form.text() {
      case "lowercase": reading = .lowercased
      case "file_name": reading = .fileName
      default: throw form.error("isn't a reading: use lowercase or file_name")
      }
    }
    return ColumnRule(column: column, paths: try from.texts(), reading: reading)
  }

  private func table(_ place: JSONPlace, _ column: Column) throws(MappingFileError) -> Reading {
    var texts: [String: String] = [:]
    for (key, value) in try place.entries() { texts[key.lowercased()] = try scalar(value, column) }
    guard !texts.isEmpty else { throw place.error("must have at least one value") }
    guard column == .severity else { return .table(texts) }
    return .severities(texts.mapValues { Int($0) ?? 0 })
  }

  /// A text, or a severity's number.
  private func scalar(_ place: JSONPlace, _ column: Column) throws(MappingFileError) -> String {
    switch column {
    case .severity:
      guard case .number(let text) = place.value, let level = Int(text), (0...10).contains(level)
      else { throw place.error("must be a whole number from 0 to 10") }
      return text
    case .ts, .srcIP, .srcPort, .dstIP, .dstPort:
      throw place.error("can't be given by a table or a constant: name its paths")
    default: return try place.text()
    }
  }
}
