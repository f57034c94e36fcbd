/// Writes texts into JSON, byte by byte.
enum JSONBytes {
  /// Appends the inside of a JSON string. NUL, which PostgreSQL's jsonb can't hold, is put as U+FFFD.
  static func append(_ text: ArraySlice<UInt8>, to json: inout [UInt8]) {
    var start = text.startIndex
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      json += text[start..<index]
      start = index + 1
      switch byte {
      case 0: json += [0xEF, 0xBF, 0xBD]
      case 0x0A: json += "\\n".utf8
      case 0x0D: json += "\\r".utf8
      case 0x09: json += "\\t".utf8
      case 0..<0x20:
        json += "\\u00".utf8
        json.append(digit(byte >> 4))
        json.append(digit(byte & 0x0F))
      default:
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      }
    }
    json += text[start...]
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
