internal import Core
internal import EventSearch

/// The members of an event that a client may choose with `fields`.
enum EventMember {
  /// Those that are shown unless others are chosen, in their order.
  static let standard = [
    "id", "ts", "received_at", "source_type", "event_id", "severity", "src_ip", "src_port",
    "dst_ip", "dst_port", "protocol", "host", "user", "process", "action", "outcome", "message",
    "batch_id",
  ]
  private static let all = standard + ["raw"]

  /// The members that `fields` names, under Harrier's names, in the order of the request; nil where it
  /// is not given.
  static func list(_ reader: QueryReader) throws(Problem) -> [String]? {
    guard let text = try reader.string("fields") else { return nil }
    var members: [String] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      let member = EventField(name: name)?.rawValue ?? name
      guard all.contains(member) else {
        throw QueryReader.invalid(
          "fields", "has no member \(name.prefix(64)); there are \(all.joined(separator: ", "))")
      }
      if !members.contains(member) { members.append(member) }
    }
    return members
  }

  static let listSchema: Schema = {
    let names = (all + EventField.commonSchema.keys.sorted())
      .map { $0.replacing(".", with: "\\.") }.joined(separator: "|")
    return .string(minimum: 1, maximum: 1000, pattern: "^(\(names))(,(\(names)))*$")
  }()
}
