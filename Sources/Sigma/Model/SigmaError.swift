/// Why a rule, or a part of one, is not taken. The message names what is at fault and how to mend it.
public struct SigmaError: Error, Hashable, Sendable {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// The file cannot be read, is too large, or is not YAML.
    case unreadable
    /// A mandatory part is missing, or a part has the wrong shape.
    case structure
    case unknownKey = "unknown_key"
    case unknownModifier = "unknown_modifier"
    /// A modifier does not apply to this value, or not after the modifiers before it.
    case modifierMisuse = "modifier_misuse"
    /// `expand` asks for a placeholder, and none is defined.
    case placeholder
    case condition
    case regex
    case value
    case duplicate
    case unknownReference = "unknown_reference"
    case ambiguousReference = "ambiguous_reference"
    case cycle
    /// The specification allows it and Harrier does not run it.
    case unsupported
    /// A bound on size, number or depth.
    case limit
  }

  public var code: Code
  public var message: String
  /// The line of the part at fault, from 1; nil where only the rule as a whole is.
  public var line: Int?

  public init(_ code: Code, _ message: String, line: Int? = nil) {
    self.code = code
    self.message = message
    self.line = line
  }

  /// The same error, placed at `line` unless it already has a place.
  public func at(line: Int?) -> SigmaError {
    SigmaError(code, message, line: self.line ?? line)
  }
}

extension SigmaError: CustomStringConvertible {
  public var description: String { message }
}
