public import Core
public import EventScanner

/// Reads events that are mapped already, one object each:
/// `{"logsources":[[category,product,service],…],"fields":{name:value,…}}`; other members are ignored.
///
/// Null in a triple is an attribute that is not set. A value that is an array gives the field once for
/// each element; a JSON null is a field of kind `.null`. Equal log sources are one shared set, so that
/// the matcher finds its plan by identity.
public struct MappedEvent: Sendable {
  private var walk = RecordWalk()
  private let table: PathTable
  private var sets: [[UInt8]: LogSourceSet] = [:]

  public init() {
    var table = PathTable()
    for (alias, name) in FieldAliases.table { table.setRename(of: alias, to: name) }
    self.table = table
  }

  /// Loads a record into `fields`; answers false, with empty fields, if it has another form.
  public mutating func load(
    _ bytes: RawSpan, tape: borrowing JSONTape, into fields: inout EventFields
  ) -> Bool {
    fields.removeAll()
    guard tape.nodes.first?.kind == .object, let sources = tape.member("logsources", in: bytes),
      tape.nodes[sources].kind == .array, let members = tape.member("fields", in: bytes),
      tape.nodes[members].kind == .object
    else { return false }
    walk.start(slotCount: 0)
    walk.walk(bytes, tape, root: members, table, into: &fields)
    fields.logSources = set(bytes, tape, sources)
    return true
  }

  /// The set that the array at `index` names.
  mutating func set(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int
  ) -> LogSourceSet {
    var key: [UInt8] = []
    JSONText.append(bytes, tape.nodes[index].value, to: &key)
    if let known = sets[key] { return known }
    var sources: [LogSource] = []
    var triple = index + 1
    while triple < tape.nodes[index].end {
      if tape.nodes[triple].kind == .array {
        let parts = (triple + 1..<tape.nodes[triple].end).map { node -> String? in
          guard tape.nodes[node].kind == .string else { return nil }
          return tape.string(at: node, in: bytes).lowercased()
        }
        sources.append(
          LogSource(
            category: parts.first ?? nil, product: parts.dropFirst().first ?? nil,
            service: parts.dropFirst(2).first ?? nil))
      }
      triple = tape.nodes[triple].end
    }
    let set = LogSourceSet(sources)
    if sets.count < 4096, key.count <= 1024 { sets[key] = set }
    return set
  }
}
