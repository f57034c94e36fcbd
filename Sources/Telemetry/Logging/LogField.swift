internal import Logging

/// The value of a field of a log line: redacted, bounded, and ready to be written in either form.
indirect enum LogField: Equatable {
  case text(String)
  /// A number or a boolean, as JSON writes it.
  case literal(String)
  case list([LogField])
  case object([(String, LogField)])

  /// Longer texts are cut, in bytes of UTF-8.
  static let maxText = 4096
  /// Further fields and elements are left out, and `truncated` says so.
  static let maxFields = 64
  private static let maxDepth = 4

  static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)), (.literal(let left), .literal(let right)):
      left == right
    case (.list(let left), .list(let right)): left == right
    case (.object(let left), .object(let right)):
      left.map(\.0) == right.map(\.0) && left.map(\.1) == right.map(\.1)
    default: false
    }
  }

  /// The fields of a dictionary in the order of their names, secrets redacted.
  static func fields(_ metadata: Logger.Metadata, depth: Int = 0) -> [(String, LogField)] {
    var fields = metadata.sorted { $0.key < $1.key }.prefix(maxFields).map { name, value in
      (
        name,
        SecretRedaction.isSecret(name)
          ? .text(SecretRedaction.replacement) : LogField(value, depth: depth)
      )
    }
    if metadata.count > maxFields { fields.append(("truncated", .literal("true"))) }
    return fields
  }

  init(_ value: Logger.MetadataValue, depth: Int = 0) {
    switch value {
    case .string(let text): self = .text(Self.cut(text))
    case .stringConvertible(let value): self = Self.scalar(value)
    case .array, .dictionary: self = Self.nested(value, depth: depth)
    }
  }

  private static func nested(_ value: Logger.MetadataValue, depth: Int) -> LogField {
    guard depth < maxDepth else { return .text("[too deep]") }
    switch value {
    case .array(let values):
      var elements = values.prefix(maxFields).map { LogField($0, depth: depth + 1) }
      if values.count > maxFields { elements.append(.text("[truncated]")) }
      return .list(elements)
    case .dictionary(let metadata): return .object(fields(metadata, depth: depth + 1))
    default: return LogField(value, depth: depth)
    }
  }

  private static func scalar(_ value: any CustomStringConvertible) -> LogField {
    switch value {
    case let number as any FixedWidthInteger: .literal(String(number))
    case let flag as Bool: .literal(flag ? "true" : "false")
    case let number as Double where number.isFinite: .literal("\(number)")
    case let number as Float where number.isFinite: .literal("\(number)")
    default: .text(cut(value.description))
    }
  }

  /// Cuts between characters.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > maxText else { return text }
    var position = text.utf8.index(text.startIndex, offsetBy: maxText)
    while String.Index(position, within: text) == nil {
      position = text.utf8.index(before: position)
    }
    return text[..<position] + "…"
  }
}
