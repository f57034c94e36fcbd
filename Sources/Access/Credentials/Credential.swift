public import Core

/// What a request brings to prove who makes it, read but not yet checked.
public enum Credential: Sendable {
  case key(APIKeyCredential)
  /// A JSON Web Token.
  case token(Secret<String>)
}

extension Credential {
  /// The longest header value that is looked at. An access token has about 300 bytes.
  public static let maximumLength = 2048

  /// Reads the credential of a request from the raw values of its `Authorization` and `X-API-Key`
  /// headers.
  ///
  /// A key may be spelled `Bearer <key>`, `Splunk <key>`, `ApiKey <key>`, `ApiKey base64(<id>:<secret>)`
  /// (Elastic's clients, with `hk_<id>` as the id), `Basic base64(<anything>:<key>)`, or be alone in
  /// `X-API-Key`; a token only `Bearer <token>`. The scheme's case does not matter.
  ///
  /// - Throws: 401 `credentials_missing` where both are absent, `credentials_malformed` where one
  ///   cannot be read, is given twice, or the two differ. What was sent is never in the text.
  public static func read(
    authorization: [String], apiKey: [String]
  ) throws(Problem) -> Credential {
    guard authorization.count <= 1, apiKey.count <= 1 else {
      throw .credentialsMalformed("send one Authorization and one X-API-Key header at most")
    }
    switch (authorization.first, apiKey.first) {
    case (nil, nil): throw .credentialsMissing
    case (let value?, nil): return try read(authorization: value)
    case (nil, let value?): return .key(try read(apiKey: value))
    case (_?, _?):
      throw .credentialsMalformed("send either Authorization or X-API-Key, not both")
    }
  }

  private static func read(apiKey value: String) throws(Problem) -> APIKeyCredential {
    guard value.utf8.count <= maximumLength,
      let key = APIKeyCredential(trimmed(Array(value.utf8)))
    else {
      throw .credentialsMalformed("X-API-Key must be a key of the form hk_<key-id>.<secret>")
    }
    return key
  }

  private static func read(authorization value: String) throws(Problem) -> Credential {
    guard value.utf8.count <= maximumLength else {
      throw .credentialsMalformed("Authorization is longer than \(maximumLength) bytes")
    }
    let bytes = Array(value.utf8)
    let scheme = bytes.prefix { $0 != UInt8(ascii: " ") }
    let rest = trimmed(bytes[scheme.endIndex...])
    switch String(decoding: scheme, as: UTF8.self).lowercased() {
    case "bearer": return try read(bearer: rest)
    case "splunk":
      return .key(try key(rest, "Splunk must be followed by a key hk_<key-id>.<secret>"))
    case "apikey": return .key(try read(elastic: rest))
    case "basic": return .key(try read(basic: rest))
    default:
      throw .credentialsMalformed(
        "the scheme of Authorization must be Bearer, Splunk, ApiKey or Basic")
    }
  }

  private static func read(bearer text: ArraySlice<UInt8>) throws(Problem) -> Credential {
    if text.starts(with: APIKeyCredential.prefix.utf8) {
      return .key(try key(text, "a key has the form hk_<key-id>.<secret>"))
    }
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isBase64URL) }) else {
      throw .credentialsMalformed("Bearer must be followed by an access token or a key")
    }
    return .token(Secret(String(decoding: text, as: UTF8.self)))
  }

  private static func read(elastic text: ArraySlice<UInt8>) throws(Problem) -> APIKeyCredential {
    let wanted = "ApiKey must be followed by hk_<key-id>.<secret> or base64 of hk_<key-id>:<secret>"
    if text.starts(with: APIKeyCredential.prefix.utf8) { return try key(text, wanted) }
    guard let pair = Base64.decoded(text) else { throw .credentialsMalformed(wanted) }
    return try key(pair[...], wanted)
  }

  private static func read(basic text: ArraySlice<UInt8>) throws(Problem) -> APIKeyCredential {
    let wanted = "Basic must be base64 of <any name>:<key>, the key being hk_<key-id>.<secret>"
    guard let pair = Base64.decoded(text), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
      throw .credentialsMalformed(wanted)
    }
    return try key(pair[(colon + 1)...], wanted)
  }

  private static func key(
    _ text: ArraySlice<UInt8>, _ wanted: String
  ) throws(Problem) -> APIKeyCredential {
    guard let key = APIKeyCredential(text) else { throw .credentialsMalformed(wanted) }
    return key
  }

  private static func trimmed(_ bytes: some Collection<UInt8>) -> ArraySlice<UInt8> {
    let array = Array(bytes)
    let start = array.firstIndex { $0 != UInt8(ascii: " ") } ?? array.endIndex
    let end = array.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? start
    return array[start..<end]
  }

  private static func isBase64URL(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
