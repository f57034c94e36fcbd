internal import Foundation
internal import ServiceHarness

/// What `${name}` stands for in a scenario.
///
/// Beside what steps save: `${now}`, `${now-3600}` and `${now+86400}` (RFC 3339, seconds from the
/// scenario's start), `${unique}` (letters and digits of this scenario alone), `${ip}` and `${ip2}`
/// (addresses of this scenario alone), `${marker}` (content that no log may hold), and the names of the cast's credentials.
struct Variables: Sendable {
  private var values: [String: String]
  private let start = Date()

  init(_ values: [String: String], number: Int) {
    self.values = values
    self.values["unique"] = "scenario\(number)x\(UInt32.random(in: 0 ... .max))"
    self.values["marker"] = LogSearch.marker
    self.values["ip"] = "198.18.\(number >> 8).\(number & 255)"
    self.values["ip2"] = "198.19.\(number >> 8).\(number & 255)"
  }

  subscript(name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue }
  }

  func fill(_ text: String) throws -> String {
    var filled = ""
    var rest = text[...]
    while let opening = rest.range(of: "${") {
      guard let closing = rest[opening.upperBound...].firstIndex(of: "}") else {
        throw ScenarioError("a variable without its end: \(rest)")
      }
      filled += rest[..<opening.lowerBound]
      filled += try value(of: String(rest[opening.upperBound..<closing]))
      rest = rest[rest.index(after: closing)...]
    }
    return filled + rest
  }

  private func value(of name: String) throws -> String {
    if let value = values[name] { return value }
    if name.hasPrefix("now"), let seconds = name == "now" ? 0 : Double(name.dropFirst(3)) {
      return Self.text(start.addingTimeInterval(seconds))
    }
    throw ScenarioError("no variable \(name)")
  }

  /// RFC 3339 with whole seconds.
  private static func text(_ date: Date) -> String {
    let formatter = ISO8601DateFormatter()
    return formatter.string(from: date)
  }
}
