internal import EventScanner

/// A JSON text as values, for the small files that people write.
indirect enum JSONTree {
  case object([(name: String, value: JSONTree)])
  case array([JSONTree])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  init(_ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int = 0) {
    let node = tape.nodes[index]
    switch node.kind {
    case .object, .array:
      var members: [(name: String, value: JSONTree)] = []
      var child = index + 1
      while child < node.end {
        var name: [UInt8] = []
        tape.appendKey(at: child, in: bytes, to: &name)
        members.append((String(decoding: name, as: UTF8.self), JSONTree(bytes, tape, child)))
        child = tape.nodes[child].end
      }
      self = node.kind == .object ? .object(members) : .array(members.map(\.value))
    case .string: self = .string(tape.string(at: index, in: bytes))
    case .number: self = .number(tape.string(at: index, in: bytes))
    case .bool: self = .bool(tape.string(at: index, in: bytes) == "true")
    case .null: self = .null
    }
  }
}

/// A value of a file and the way to it, for errors that name it.
struct JSONPlace {
  let value: JSONTree
  let file: String
  /// A JSON pointer (RFC 6901).
  let pointer: String

  func error(_ message: String) -> MappingFileError {
    MappingFileError(file: file, pointer: pointer, message: message)
  }

  /// The object's members; each name at most once, and only the given ones.
  func members(_ allowed: [String]) throws(MappingFileError) -> [String: JSONPlace] {
    var result: [String: JSONPlace] = [:]
    for (name, place) in try entries() {
      guard allowed.contains(name) else {
        throw place.error("isn't known here: use \(allowed.joined(separator: ", "))")
      }
      guard result.updateValue(place, forKey: name) == nil else {
        throw place.error("stands here twice: leave one out")
      }
    }
    return result
  }

  /// The object's members in order.
  func entries() throws(MappingFileError) -> [(name: String, value: JSONPlace)] {
    guard case .object(let members) = value else { throw error("must be an object") }
    return members.map { member in
      let step = member.name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
      return (
        member.name, JSONPlace(value: member.value, file: file, pointer: "\(pointer)/\(step)")
      )
    }
  }

  func elements() throws(MappingFileError) -> [JSONPlace] {
    guard case .array(let values) = value else { throw error("must be an array") }
    return values.enumerated().map {
      JSONPlace(value: $1, file: file, pointer: "\(pointer)/\($0)")
    }
  }

  func text() throws(MappingFileError) -> String {
    guard case .string(let text) = value, !text.isEmpty, text.utf8.count <= 1024 else {
      throw error("must be a text of 1 to 1024 bytes")
    }
    return text
  }

  /// Some texts, or one.
  func texts() throws(MappingFileError) -> [String] {
    if case .string = value { return [try text()] }
    var result: [String] = []
    for element in try elements() { result.append(try element.text()) }
    guard !result.isEmpty else { throw error("must name at least one") }
    return result
  }
}
