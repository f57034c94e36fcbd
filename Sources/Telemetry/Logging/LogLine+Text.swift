internal import Core
internal import Logging

extension LogLine {
  /// `05:30:00.260 warning harrier.redis: message field=value`, for people.
  ///
  /// Control characters are shown rather than sent to the terminal, which would obey them.
  func text(colored: Bool) -> [UInt8] {
    var line = "\(time.description.dropFirst(11).prefix(12)) "
    line += Self.paint(Self.padded(level.rawValue, to: 8), Self.color(of: level), if: colored)
    line += " " + Self.paint(Self.shown(label) + ":", "2", if: colored)
    line += " " + Self.shown(message)
    for (name, field) in fields {
      line += " " + Self.paint(Self.shown(name) + "=", "2", if: colored) + Self.shown(field)
    }
    return Array((line + "\n").utf8)
  }

  private static func shown(_ field: LogField) -> String {
    switch field {
    case .literal(let text): return text
    case .text(let text):
      let isPlain = !text.isEmpty && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
      return isPlain ? shown(text) : json(field)
    case .list, .object: return json(field)
    }
  }

  private static func json(_ field: LogField) -> String {
    var bytes: [UInt8] = []
    JSONText.append(field, to: &bytes)
    return shown(String(decoding: bytes, as: UTF8.self))
  }

  /// Control characters (Unicode's Cc) as `\u{1b}`, and the ones that turn the direction of text.
  private static func shown(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isHidden(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func paint(_ text: String, _ color: String, if isColored: Bool) -> String {
    isColored ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func color(of level: Logger.Level) -> String {
    switch level {
    case .trace, .debug: "2"
    case .info, .notice: "36"
    case .warning: "33"
    case .error, .critical: "31"
    }
  }
}
