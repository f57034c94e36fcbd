internal import Core
internal import Hummingbird

extension HarrierRequestContext {
  /// A part of the path with its percent escapes resolved; nil where it is longer than `maximumBytes`
  /// or no UTF-8 without NUL.
  func pathParameter(_ name: String, maximumBytes: Int = 512) -> String? {
    guard let text = parameters.get(name) else { return nil }
    let raw = Array(text.utf8)
    var bytes: [UInt8] = []
    var position = 0
    while position < raw.count {
      if raw[position] == UInt8(ascii: "%") {
        guard position + 2 < raw.count, let high = hexDigitValue(raw[position + 1]),
          let low = hexDigitValue(raw[position + 2])
        else { return nil }
        bytes.append(high << 4 | low)
        position += 3
      } else {
        bytes.append(raw[position])
        position += 1
      }
    }
    guard bytes.count <= maximumBytes, !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// A text as one part of a path: all but the unreserved characters escaped (RFC 3986 §2.3).
func pathEscaped(_ text: String) -> String {
  var escaped = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      escaped.append(Character(Unicode.Scalar(byte)))
    case _ where "-._~".utf8.contains(byte): escaped.append(Character(Unicode.Scalar(byte)))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }
  return escaped
}
