/// One request and its expected answer, or one look into the database.
///
/// Strings may hold variables, `${name}`: see `Variables`.
struct ScenarioStep: Decodable, Sendable {
  // MARK: A request

  /// Method and target: `GET /api/events?limit=1`.
  var request: String?
  /// Whose credential it carries; none where this is absent. See `Cast`.
  var by: String?
  var headers: [String: String]?
  /// The body as JSON. `Content-Type` is `application/json` unless `headers` says otherwise.
  var json: JSONValue?
  /// The body as pieces, for what JSON can't hold.
  var body: [BodyPiece]?
  /// Whether the body is sent compressed, with its `Content-Encoding`.
  var gzip: Bool?
  /// Instead of `request`: everything that is sent, to the byte, a line break being CR LF.
  var raw: [BodyPiece]?
  /// Whether the client says, behind `raw`, that it sends nothing more.
  var finish: Bool?

  // MARK: Its answer

  var status: ExpectedStatus?
  var responseHeaders: [String: JSONValue]?
  /// The expected part of a JSON body.
  var response: JSONValue?
  /// The expected body that is not JSON.
  var text: JSONValue?
  /// Keeps parts of the answer as variables: a JSON Pointer into the body, or `header:Name`.
  var save: [String: String]?
  /// Tries again for some seconds until the answer is the expected one: for what happens behind the
  /// answer to a POST.
  var eventually: Bool?

  // MARK: A look into the database

  var sql: String?
  var rows: [[String]]?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case request, by, headers, json, body, gzip, raw, finish, status, response, text, save,
      eventually, sql
    case rows
    case responseHeaders = "response_headers"
  }

  init(from decoder: any Decoder) throws {
    try Self.refuseUnknownMembers(decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    request = try container.decodeIfPresent(String.self, forKey: .request)
    by = try container.decodeIfPresent(String.self, forKey: .by)
    headers = try container.decodeIfPresent([String: String].self, forKey: .headers)
    json = try container.decodeIfPresent(JSONValue.self, forKey: .json)
    body = try container.decodeIfPresent([BodyPiece].self, forKey: .body)
    gzip = try container.decodeIfPresent(Bool.self, forKey: .gzip)
    raw = try container.decodeIfPresent([BodyPiece].self, forKey: .raw)
    finish = try container.decodeIfPresent(Bool.self, forKey: .finish)
    status = try container.decodeIfPresent(ExpectedStatus.self, forKey: .status)
    responseHeaders = try container.decodeIfPresent(
      [String: JSONValue].self, forKey: .responseHeaders)
    response = try container.decodeIfPresent(JSONValue.self, forKey: .response)
    text = try container.decodeIfPresent(JSONValue.self, forKey: .text)
    save = try container.decodeIfPresent([String: String].self, forKey: .save)
    eventually = try container.decodeIfPresent(Bool.self, forKey: .eventually)
    sql = try container.decodeIfPresent(String.self, forKey: .sql)
    rows = try container.decodeIfPresent([[String]].self, forKey: .rows)
    guard (request != nil || raw != nil) ? status != nil : sql != nil && rows != nil else {
      throw ScenarioError("a step needs a request with its status, or sql with its rows")
    }
  }

  /// A typo must not turn an expectation off.
  private static func refuseUnknownMembers(_ decoder: any Decoder) throws {
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    let names = try decoder.singleValueContainer().decode([String: JSONValue].self).keys
    guard let unknown = names.first(where: { !known.contains($0) }) else { return }
    throw ScenarioError("a step has no member \(unknown)")
  }
}

/// A status code, one of several, or a connection that is closed without an answer (`"closed"`).
struct ExpectedStatus: Decodable, Sendable {
  static let closed = 0
  var codes: [Int]

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(JSONValue.self)
    let choices = if case .array(let elements) = value { elements } else { [value] }
    codes = try choices.map { choice in
      switch choice {
      case .number(let code): Int(code)
      case .string("closed"): Self.closed
      default: throw ScenarioError("a status is a number or \"closed\"")
      }
    }
  }
}
