internal import Foundation

/// One event of the laboratory that the rules beside these tests are for.
struct LabEvent: Sendable {
  enum Value: Sendable {
    case text(String)
    case number(Int)
  }

  /// Found again in the store by this; unique in the run.
  var marker = ""
  /// Milliseconds since 1970.
  var milliseconds: Int64
  var action: String
  var fields: [(name: String, value: Value)]

  /// - Parameter isNamed: whether the event has an id of its sender's own, so that it is known again
  ///   in whatever batch it comes.
  func json(isNamed: Bool) -> String {
    let members = fields.map { field in
      switch field.value {
      case .text(let text): ",\"\(field.name)\":\"\(text)\""
      case .number(let number): ",\"\(field.name)\":\(number)"
      }
    }
    let name = isNamed ? ",\"_id\":\"\(marker)\"" : ""
    return """
      {"ts":"\(time)","source_type":"fault.lab","event_id":"\(marker)","severity":3,\
      "action":"\(action)"\(members.joined())\(name)}
      """
  }

  private var time: String {
    let seconds = milliseconds / 1000
    var clock = time_t(seconds)
    var parts = tm()
    gmtime_r(&clock, &parts)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", Int(parts.tm_year) + 1900,
      Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min),
      Int(parts.tm_sec), Int(milliseconds % 1000))
  }
}
