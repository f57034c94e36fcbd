/// An entity tag (RFC 9110 §8.8.3). Ours are weak: the same list in another coding has the same one.
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
  /// Between the quotes.
  public let value: String

  /// - Parameter value: printable ASCII without quotes.
  public init(_ value: String) {
    precondition(value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
    self.value = value
  }

  public var description: String { "W/\"\(value)\"" }

  /// Whether `If-None-Match` names this tag, compared weakly (RFC 9110 §13.1.2), or is `*`.
  public func matches(ifNoneMatch fields: some Sequence<String>) -> Bool {
    fields.contains { field in
      field.allSatisfy { $0 == " " || $0 == "*" } && field.contains("*")
        || Self.values(in: field).contains(value)
    }
  }

  /// Whether `If-Match` names this tag, or is `*`.
  func matches(ifMatch fields: some Sequence<String>) -> Bool { matches(ifNoneMatch: fields) }

  /// The tags of a list such as `W/"a", "b,c"`, up to where it is malformed.
  static func values(in list: String) -> [String] {
    var values: [String] = []
    var rest = list.utf8[...]
    while true {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == 9 }
      if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
      guard rest.first == UInt8(ascii: "\"") else { return values }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return values }
      values.append(String(decoding: rest[..<end], as: UTF8.self))
      rest = rest[rest.index(after: end)...]
    }
  }

  /// Reads the text of a tag in a header; nil for anything but one tag.
  public init?(header: String) {
    let values = Self.values(in: header)
    guard values.count == 1, header.hasPrefix("\"") || header.hasPrefix("W/\""),
      header.hasSuffix("\"")
    else { return nil }
    value = values[0]
  }
}
