internal import Core

/// A mapping with its paths resolved to slots, in which the walk over a record notes the leaves that
/// columns, ids and log sources are read from.
final class CompiledMapping: Sendable {
  /// A leaf that may fill a column.
  struct Candidate: Sendable {
    let column: Column
    let slot: Int32
    let isStrict: Bool
    let source: Int32
    let path: Int32
  }

  final class ColumnSource: Sendable {
    let column: Column
    let slots: [Int]
    let paths: [String]
    let reading: Reading
    let strict: Bool
    /// The tables of the reading, if it is one.
    let texts: ValueTable<String>?
    let levels: ValueTable<EventSeverity>?

    init(_ rule: ColumnRule, slots: [Int]) {
      if case .table(let table) = rule.reading { texts = ValueTable(table) } else { texts = nil }
      if case .severities(let table) = rule.reading {
        levels = ValueTable(table.compactMapValues { EventSeverity(rawValue: Int16($0)) })
      } else {
        levels = nil
      }
      column = rule.column
      self.slots = slots
      paths = rule.paths
      reading = rule.reading
      strict = rule.strict
    }
  }

  let mapping: SourceMapping
  let table: PathTable
  let columns: [ColumnSource]
  /// The leaves of all columns, flat, in the order in which they are tried.
  let candidates: [Candidate]
  let senderIDs: [(required: [Int], optional: [Int])]
  let logSourceSlots: [Int]
  let messageSlot: Int?
  let programSlots: [Int]
  /// The log sources of the table, each set made once.
  let tableSets: ValueTable<LogSourceSet>
  let otherwiseSet: LogSourceSet
  /// The fields that are made of values: each with the slot of its value and that of its own name.
  let made: [(field: MadeField, value: Int, own: Int)]
  /// By column: whether the record itself has a field of the column's name.
  let ownSlots: [Int]

  init(_ mapping: SourceMapping) {
    var table = PathTable()
    for (alias, name) in FieldAliases.table { table.setRename(of: alias, to: name) }
    for (path, name) in mapping.fields.renames { table.setRename(of: path, to: name) }
    for (path, name) in mapping.fields.copies { table.addCopy(of: path, to: name) }
    for (path, name) in mapping.fields.moreCopies { table.addCopy(of: path, to: name) }
    for path in mapping.fields.hoisted { table.add(.hoist, to: path) }
    for path in mapping.fields.texts { table.add(.text, to: path) }
    for (path, name) in mapping.fields.indexed {
      table.addCopy(of: path, to: name)
      table.add(.indexed, to: path)
    }
    for path in mapping.fields.named { table.add(.named, to: path) }
    for path in mapping.fields.typed { table.add(.typed, to: path) }
    table.removesBlanks = mapping.fields.removesBlanks
    for path in mapping.fields.arrayTexts { table.add(.arrayText, to: path) }
    for path in mapping.fields.skipped { table.add(.skip, to: path) }
    columns = mapping.columns.map { rule in
      ColumnSource(rule, slots: rule.paths.map { table.slot(of: Self.final($0, mapping)) })
    }
    candidates = columns.enumerated().flatMap { index, source in
      source.slots.indices.map {
        Candidate(
          column: source.column, slot: Int32(source.slots[$0]), isStrict: source.strict,
          source: Int32(index), path: Int32($0))
      }
    }
    senderIDs = mapping.senderIDs.map { rule in
      (
        rule.required.map { table.slot(of: Self.final($0, mapping)) },
        rule.optional.map { table.slot(of: Self.final($0, mapping)) }
      )
    }
    switch mapping.logSources {
    case .service(let path, _, _, _): logSourceSlots = [table.slot(of: path)]
    case .table(let paths, _, _, _), .tableOf(let paths, _, _):
      logSourceSlots = paths.map { table.slot(of: $0) }
    case .endpoint(let platform, let category, let type):
      logSourceSlots = [platform, category, type].map { table.slot(of: $0) }
    case .windows:
      logSourceSlots = ["Channel", "EventID", "EventType"].map { table.slot(of: $0) }
    case .fixed, .bySourceType, .declared: logSourceSlots = []
    }
    if case .tableOf(_, let sources, let otherwise) = mapping.logSources {
      tableSets = ValueTable(sources.mapValues { LogSourceSet($0) })
      otherwiseSet = LogSourceSet(otherwise)
    } else {
      tableSets = ValueTable([:])
      otherwiseSet = .empty
    }
    messageSlot = mapping.lines.map { table.slot(of: $0.message) }
    programSlots = (mapping.lines?.program ?? []).map { table.slot(of: Self.final($0, mapping)) }
    if mapping.fields.isEventXML {
      // What UserData may say once more; the walk needs to know whether it did.
      for name in WindowsTables.systemNames { _ = table.slot(of: name) }
    }
    made = mapping.fields.made.map {
      (
        $0, table.slot(of: Self.final($0.path, mapping)),
        table.slot(of: FieldAliases.canonical($0.name))
      )
    }
    ownSlots = Column.allCases.map { table.slot(of: DerivedFields.columnNames[$0] ?? "") }
    table.resolveSlots()
    self.table = table
    self.mapping = mapping
  }

  /// The name under which a path's leaf ends up.
  private static func final(_ path: String, _ mapping: SourceMapping) -> String {
    mapping.fields.renames[path] ?? FieldAliases.canonical(path)
  }
}
