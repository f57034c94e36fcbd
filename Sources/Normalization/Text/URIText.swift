/// The parts of a URI as a log has it, which may be no valid one.
struct URIText {
  /// Nil for a path without a host.
  let host: ArraySlice<UInt8>?
  let path: ArraySlice<UInt8>
  /// What stands behind the first `?`; nil if there is none.
  let query: ArraySlice<UInt8>?

  init(_ text: ArraySlice<UInt8>) {
    var rest = text
    var host: ArraySlice<UInt8>?
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")),
      rest[colon...].starts(with: "://".utf8)
    {
      let authority = rest[(colon + 3)...]
      let end = authority.firstIndex { Self.delimiters.contains($0) } ?? authority.endIndex
      host = Self.withoutPort(authority[..<end])
      rest = authority[end...]
    }
    self.host = host
    let mark = rest.firstIndex(of: UInt8(ascii: "?"))
    path = rest[..<(mark ?? rest.endIndex)]
    query = mark.map { rest[($0 + 1)...] }
  }

  /// What stands behind the last dot of the path's last part; nil if there is none.
  var pathExtension: ArraySlice<UInt8>? {
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let name = path[(slash.map { $0 + 1 } ?? path.startIndex)...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot + 1 < name.endIndex else {
      return nil
    }
    return name[(dot + 1)...]
  }

  private static let delimiters = Set("/?#".utf8)

  /// Without user information before it and the port behind it.
  private static func withoutPort(_ authority: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var host = authority
    if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
    let bracket = host.lastIndex(of: UInt8(ascii: "]")) ?? host.startIndex
    if let colon = host[bracket...].firstIndex(of: UInt8(ascii: ":")) { host = host[..<colon] }
    return host
  }
}

/// The first line of an HTTP request.
enum RequestText {
  /// `GET /path?query HTTP/1.1`; nil if it has not at least two words.
  static func words(
    _ text: [UInt8]
  ) -> (method: ArraySlice<UInt8>, uri: ArraySlice<UInt8>)? {
    guard let first = text.firstIndex(of: UInt8(ascii: " ")), first > 0, first + 1 < text.count
    else {
      return nil
    }
    var end = text.count
    if let last = text.lastIndex(of: UInt8(ascii: " ")), last > first,
      text[(last + 1)...].starts(with: "HTTP/".utf8)
    {
      end = last
    }
    guard first + 1 < end else { return nil }
    return (text[..<first], text[(first + 1)..<end])
  }
}
