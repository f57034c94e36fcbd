public import Core

extension JSONWriter {
  /// One object as a whole text.
  static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
    var writer = JSONWriter()
    try writer.object(nil, body)
    return writer.utf8
  }

  /// The shortest text that reads back as the same number; null for nil and for what is not finite.
  public mutating func member(_ name: String, _ value: Double?) {
    guard let value, value.isFinite else { return member(name, json: "null".utf8) }
    let text = value.description
    member(name, json: (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
  }
}
