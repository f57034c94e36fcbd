internal import Core

/// How the records of one kind of source become events: data, read by one engine.
///
/// A path is the names of nested members joined by dots, which is also how rules name fields; a member
/// whose own name holds dots is written the same way, so that nested and dotted spellings are one. The
/// elements of an array have the array's path.
struct SourceMapping: Sendable {
  /// The event's `source_type`, unless the sender says it or `logSources` refines it.
  var sourceType: String
  /// What a sender may call this source.
  var names: [String]
  /// By which members of the record's top level it is recognised.
  var shape: RecordShape
  /// Other forms of the same records.
  var otherShapes: [RecordShape] = []
  var logSources: LogSourceRule
  var columns: [ColumnRule] = []
  /// The first rule whose required parts are all there gives the sender's event id.
  var senderIDs: [SenderIDRule] = []
  var fields = FieldRules()
  /// Lines of text inside the records that are read further; nil if there are none.
  var lines: LineRule?
}

/// A record has this shape if its top level has all members of `all` and, of each group of `anyOf`, at
/// least one, and if all of `values` hold.
struct RecordShape: Sendable {
  var all: [String] = []
  var anyOf: [[String]] = []
  /// What the names alone can't tell; looked at last.
  var values: [ValueCondition] = []
}

/// That a path leads to a value, and to one of these.
struct ValueCondition: Sendable {
  let path: String
  /// In lower case, with `*` for anything; none for any value.
  let patterns: [TextPattern]

  init(_ path: String, _ patterns: String...) {
    self.init(path: path, patterns: patterns)
  }

  init(path: String, patterns: [String]) {
    self.path = path
    self.patterns = patterns.map { TextPattern($0) }
  }
}

/// The columns of an event that a record can fill.
enum Column: Int, CaseIterable, Sendable {
  case ts, sourceType, eventID, severity, srcIP, srcPort, dstIP, dstPort
  case proto, host, user, process, action, outcome, message
}

/// Where a column comes from. Rules for one column are tried in order, and the paths of a rule too:
/// the first that is present, not null, not empty and readable wins.
struct ColumnRule: Sendable {
  let column: Column
  let paths: [String]
  let reading: Reading
  /// A value that cannot be read is an error of the record instead of an empty column.
  let strict: Bool

  init(_ column: Column, _ paths: String..., reading: Reading = .plain, strict: Bool = false) {
    self.init(column: column, paths: paths, reading: reading, strict: strict)
  }

  init(column: Column, paths: [String], reading: Reading = .plain, strict: Bool = false) {
    self.column = column
    self.paths = paths
    self.reading = reading
    self.strict = strict
  }
}

/// How a value becomes a column's.
enum Reading: Sendable {
  /// As it is; times, addresses, ports and severities by their column.
  case plain
  case lowercased
  /// The part behind the last slash or backslash: the program's name of its path.
  case fileName
  /// By a table whose keys are lower case; a value that is not in it leaves the column to the next rule.
  case table([String: String])
  /// A severity by a table whose keys are lower case.
  case severities([String: Int])
  /// Always this, whenever the path is present.
  case constant(String)
  /// A part of it; a value without the part leaves the column to the next rule.
  case made(Making)
  /// The time in an audit id, `1795239000.123:4711`, or in the stamp around it, `audit(…)`.
  case auditID
  /// A time that some write in forms of their own; it stays empty where it can't be read.
  case timeIfReadable
}

/// The sender's own id of an event: the values of some paths, joined by `:`.
struct SenderIDRule: Sendable {
  let required: [String]
  let optional: [String]

  init(_ required: String..., optional: [String] = []) {
    self.required = required
    self.optional = optional
  }
}

/// The names under which rules find the record's leaves; a leaf that is not named here is called by
/// its path.
struct FieldRules: Sendable {
  /// Path → the name instead.
  var renames: [String: String] = [:]
  /// Path → a second name.
  var copies: [String: String] = [:]
  /// Path → further names.
  var moreCopies: [(path: String, name: String)] = []
  /// Fields that are made of a value rather than being it.
  var made: [MadeField] = []
  /// Containers whose members are called by what stands behind the container's path, blanks left out.
  var hoisted: [String] = []
  /// Objects that are a field themselves too, with their JSON text as the value.
  var texts: [String] = []
  /// Arrays that are one text: bytes, or words.
  var arrayTexts: [String] = []
  /// Arrays whose elements are fields of their own, called by this and their place, from 0.
  var indexed: [String: String] = [:]
  /// Arrays of objects with a name and a value each; the name in lower case is a field, too.
  var named: [String] = []
  /// Members whose name is the value of a field `type`.
  var typed: [String] = []
  /// Members that are no fields.
  var skipped: [String] = []
  /// Whether names inside hoisted containers lose their blanks (`Threat Name` → `ThreatName`).
  var removesBlanks = false
  /// The form in which Windows' XML events are written as JSON: attributes are members of
  /// `#attributes`, text is `#text`, and names are called as Sigma rules do.
  var isEventXML = false
}

/// A field that the record doesn't have itself, made of the value at a path. It is left out where the
/// record has a field of that name, or where the value gives none.
struct MadeField: Sendable {
  let name: String
  let path: String
  let making: Making

  init(_ name: String, _ path: String, _ making: Making) {
    self.name = name
    self.path = path
    self.making = making
  }
}

/// How a field is made of a value.
enum Making: Sendable {
  /// By a table whose keys are lower case; other values give no field.
  case table([String: String])
  /// Always this, whenever the path is present.
  case constant(String)
  /// The parts of a request line, `GET /a?b HTTP/1.1`.
  case requestMethod, requestURI, requestPath
  /// The parts of a URI or a path with a query.
  case uriPath, uriQuery, uriHost, uriExtension
}

/// Which log sources an event belongs to.
enum LogSourceRule: Sendable {
  case fixed([LogSource])
  /// One service for each value of a path, of one product, and what some services are besides.
  case service(
    path: String, product: String, always: [LogSource], besides: [String: [LogSource]] = [:])
  /// One service of a product by a table whose keys are lower case; the first path that is there.
  case table(paths: [String], services: [String: String], otherwise: String, product: String)
  /// Named by the record itself, as triples of category, product and service.
  case declared(path: String)
  /// By a table whose keys are lower case; the first path that is there. Other values have `otherwise`.
  case tableOf(paths: [String], sources: [String: [LogSource]], otherwise: [LogSource])
  /// A category of Sysmon's and a product, by the Elastic Common Schema's categories and platforms.
  case endpoint(platform: String, category: String, type: String)
  /// By `Channel`, `EventID` and `EventType`, as SigmaHQ's own mapping has it.
  case windows
  /// `a.b` is product `a`, service `b`, unless the catalogue knows the source type better.
  case bySourceType
}

/// Text inside a record that is read by the patterns of the program that wrote it.
struct LineRule: Sendable {
  let message: String
  /// Paths of the program's name, the first that is there.
  let program: [String]
  /// The program whose patterns apply in any case; nil to take it from the record.
  var fixedProgram: String?
  /// Whether the record's severity is only that of its transport, and a pattern knows better.
  var replacesSeverity = false
}
