internal import Access
internal import HTTPTypes

/// One route: who may call it, what it takes, what it answers.
///
/// The router, the check of its parameters and the OpenAPI document all read this one value, so that
/// none of them can say something else.
struct Endpoint: Sendable {
  enum Caller: Sendable, Hashable {
    /// No credential is needed.
    case anyone
    /// Any valid credential.
    case known
    case scope(Scope)
    /// A credential with one of the scopes.
    case anyOf([Scope])
    /// A person: a session, no API key.
    case person
  }

  /// What a call counts against (``RequestGate``).
  enum Limit: Sendable, Hashable {
    case none
    /// The tier of the credential.
    case tier
  }

  let method: HTTPRequest.Method
  /// With `{name}` for its parameters.
  let path: String
  /// `operationId`: unique, in snake_case.
  let name: String
  let tag: String
  let summary: String
  let caller: Caller
  var limit = Limit.tier
  var audit = Audit.changes
  /// Whether it shows what goes on, of which nobody is told: such an answer is never kept.
  var alwaysLoads = false
  var parameters: [Parameter] = []
  var body: Body?
  var answers: [Answer] = []
  /// Statuses of problems beside those that follow from the rest.
  var problems: [Int] = []

  init(
    _ method: HTTPRequest.Method, _ path: String, _ name: String, tag: String, _ summary: String,
    caller: Caller, limit: Limit = .tier, audit: Audit = .changes, alwaysLoads: Bool = false,
    parameters: [Parameter] = [], body: Body? = nil,
    answers: [Answer], problems: [Int] = []
  ) {
    self.method = method
    self.path = path
    self.name = name
    self.tag = tag
    self.summary = summary
    self.caller = caller
    self.limit = limit
    self.audit = audit
    self.alwaysLoads = alwaysLoads
    self.parameters = parameters
    self.body = body
    self.answers = answers
    self.problems = problems
  }

  struct Parameter: Sendable {
    enum Location: String, Sendable {
      case query, path, header
    }

    let name: String
    let location: Location
    let schema: Schema
    let isRequired: Bool
    let description: String

    static func query(
      _ name: String, _ description: String, _ schema: Schema = .text, isRequired: Bool = false
    ) -> Self {
      Self(
        name: name, location: .query, schema: schema, isRequired: isRequired,
        description: description)
    }

    static func path(_ name: String, _ description: String, _ schema: Schema = .text) -> Self {
      Self(
        name: name, location: .path, schema: schema, isRequired: true, description: description)
    }

    static func header(
      _ name: String, _ description: String, _ schema: Schema = .text, isRequired: Bool = false
    ) -> Self {
      Self(
        name: name, location: .header, schema: schema, isRequired: isRequired,
        description: description)
    }

    static let limit = query(
      "limit", "The most that one page holds.", .integer(1...1000))
    static let cursor = query(
      "cursor", "`next_cursor` of the page before, with the same filter.",
      .string(minimum: 1, maximum: CursorSigner.maximumLength))
    static let ifMatch = header(
      "If-Match", "The `ETag` of what was seen, or `*`; without it the answer is 428.",
      .string(minimum: 1, maximum: 1000), isRequired: true)
  }

  struct Body: Sendable {
    let contentTypes: [(type: String, schema: Schema)]
    var isRequired = true

    static func json(_ schema: Schema, isRequired: Bool = true) -> Body {
      Body(contentTypes: [("application/json", schema)], isRequired: isRequired)
    }
  }

  struct Answer: Sendable {
    let status: Int
    let description: String
    /// Empty for an answer without a body.
    let contents: [(type: String, schema: Schema)]
    var headers: [String] = []

    static func json(
      _ schema: Schema, _ description: String = "Done.", status: Int = 200,
      headers: [String] = []
    ) -> Answer {
      Answer(
        status: status, description: description, contents: [("application/json", schema)],
        headers: headers)
    }

    static func stream(_ type: String, _ description: String) -> Answer {
      Answer(status: 200, description: description, contents: [(type, .text)])
    }

    static func empty(_ status: Int = 204, _ description: String = "Done.") -> Answer {
      Answer(status: status, description: description, contents: [])
    }
  }

  /// Whether the answer to a change says by `Harrier-Position` what a reader must see to see it. Batches
  /// of events are too many for a statement of their own: their commits tell it.
  var tellsPosition: Bool { method != .get && caller != .anyone && limit != .none }

  /// Whether it may compute for long, and so is not handled on its connection's event loop: rules are
  /// compiled and run, incidents are packed with all that they rest on.
  var computesForLong: Bool {
    tag == "rules" || path.hasSuffix("/explain") || path.hasSuffix("/export")
  }

  /// The names that a query may have.
  var queryNames: [String] {
    parameters.filter { $0.location == .query }.map(\.name)
  }
}
