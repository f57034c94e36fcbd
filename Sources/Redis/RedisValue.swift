/// A reply (RESP2).
public enum RedisValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case string([UInt8])
  /// A short text such as `OK`.
  case status(String)
  case array([RedisValue])
  /// A refusal inside an array or a pipeline; a command of its own throws it.
  case error(RedisError)

  public var bytes: [UInt8]? {
    switch self {
    case .string(let bytes): bytes
    case .status(let text): Array(text.utf8)
    default: nil
    }
  }

  public var text: String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// An integer, or a string of decimal digits.
  public var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    default: nil
    }
  }

  public var array: [RedisValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  public var isNull: Bool { self == .null }
}
