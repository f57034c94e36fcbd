internal import Sigma

/// Keeps old Sigma's collections out: documents that `action: global`, `reset` and `repeat` merge into
/// one another. A document that takes parts from another one means more than it says, so it is refused
/// with the rest of its collection rather than run without them.
struct LegacyCollection {
  /// The line of the document whose parts all that follow take; nil outside a collection.
  private var globalLine: Int?

  /// - Throws: `SigmaError` where the document is part of a collection.
  mutating func check(_ reader: NodeReader) throws(SigmaError) {
    if reader.has("action") {
      let action = reader.entry("action")?.value.string?.lowercased()
      if action == "global" { globalLine = reader.line }
      if action == "reset" { globalLine = nil }
      throw reader.fault(
        "action",
        "collections of old Sigma are not read: write each rule out, with all that it is made of",
        code: .unsupported)
    }
    guard let globalLine else { return }
    throw SigmaError(
      .unsupported,
      "part of a collection of old Sigma, the \"action: global\" of line \(globalLine): write the rule out"
    )
  }

  /// Takes note of a document that is no YAML, which may begin a collection all the same.
  mutating func skip(_ document: YAMLDocument) {
    let isGlobal = document.text.split(separator: "\n").contains { line in
      line.hasPrefix("action:") && line.contains("global")
    }
    if isGlobal { globalLine = document.line }
  }
}
