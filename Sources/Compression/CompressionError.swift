/// What went wrong with compressed bytes. It never shows the bytes themselves.
public struct CompressionError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The inflated size passed its limit.
    case tooLarge = "too_large"
    /// The inflated size passed its limit in relation to the compressed size.
    case ratioExceeded = "ratio_exceeded"
    /// The bytes are not of the format, fail its checksum, or are followed by something else.
    case corrupt
    /// The bytes end before the format does.
    case truncated
    /// The frame names a dictionary that is not known here.
    case unknownDictionary = "unknown_dictionary"
    /// The bytes are no dictionary, or the samples do not make one.
    case unusableDictionary = "unusable_dictionary"
    /// The library could not get memory, or refused an argument.
    case library
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
