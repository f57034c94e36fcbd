internal import Core

/// An event as its fields; nil is a JSON null, and a name may stand several times.
struct FuzzEvent {
  var fields: [(name: String, value: String?)]
  var sources: LogSourceSet

  var read: EventFields {
    var event = EventFields()
    for (name, value) in fields {
      event.append(name: name, value: value ?? "", kind: value == nil ? .null : .string)
    }
    event.logSources = sources
    return event
  }
}

extension FuzzEvent: CustomStringConvertible {
  var description: String {
    fields.map { "  \($0.name) = \($0.value?.debugDescription ?? "null")" }.joined(separator: "\n")
  }
}
