internal import Core
internal import EventScanner

/// The body of a control endpoint: one small JSON object with known members. A member that the endpoint
/// doesn't know, or that is given twice, is refused by name.
struct JSONObject {
  let bytes: [UInt8]
  let tape: JSONTape
  /// The JSON Pointer of the object within the body.
  private let place: String
  private let allowed: [String]
  private let members: [String: Int]

  private static let limits = ScanLimits(maxDepth: 16, maxLeaves: 4096, maxRecordBytes: 1 << 20)

  /// - Parameter allowed: every member that the endpoint knows.
  /// - Throws: the ``Problem`` 400 `malformed_json` or `invalid_body`.
  init(_ bytes: [UInt8], allowing allowed: [String], at place: String = "") throws(Problem) {
    var tape = JSONTape()
    do {
      try JSONScanner(limits: Self.limits).scanRecord(bytes.span.bytes, into: &tape)
    } catch {
      throw .malformedJSON(
        "the body must be one JSON object: \(error.code.rawValue) at byte \(error.offset)")
    }
    var members: [String: Int] = [:]
    var faults: [FieldError] = []
    var child = 1
    while child < tape.nodes[0].end {
      var key: [UInt8] = []
      tape.appendKey(at: child, in: bytes.span.bytes, to: &key)
      let name = String(decoding: key, as: UTF8.self)
      if !allowed.contains(name) {
        faults.append(Self.unknown(name, allowed, at: place))
      } else if members.updateValue(child, forKey: name) != nil {
        faults.append(
          FieldError(
            pointer: place + Self.pointer(name), code: "duplicate",
            detail: "\(name) is given more than once"))
      }
      child = tape.nodes[child].end
    }
    guard faults.isEmpty else { throw .invalidBody(Array(faults.prefix(20))) }
    self.bytes = bytes
    self.tape = tape
    self.place = place
    self.allowed = allowed
    self.members = members
  }

  private static func unknown(
    _ name: String, _ allowed: [String], at place: String
  ) -> FieldError {
    let shown = String(name.prefix(100))
    return FieldError(
      pointer: place + pointer(shown), code: "unknown",
      detail: "unknown member \(shown); allowed are \(allowed.joined(separator: ", "))")
  }

  /// RFC 6901 §3.
  private static func pointer(_ name: String) -> String {
    "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  static func invalid(_ name: String, _ code: String, _ detail: String) -> Problem {
    .invalidBody([FieldError(pointer: pointer(name), code: code, detail: "\(name) \(detail)")])
  }

  /// The same for a member of this object.
  func invalid(_ name: String, _ code: String, _ detail: String) -> Problem {
    .invalidBody([
      FieldError(pointer: pointer(to: name), code: code, detail: "\(name) \(detail)")
    ])
  }

  func pointer(to name: String) -> String { place + Self.pointer(name) }

  /// The node of a member; nil where it is absent or null.
  func node(_ name: String) -> Int? {
    precondition(allowed.contains(name), "\(name) is not among the allowed members")
    guard let index = members[name], tape.nodes[index].kind != .null else { return nil }
    return index
  }

  /// Whether the member is there, null included.
  func has(_ name: String) -> Bool {
    members[name] != nil
  }

  /// Nil where the member is absent or null.
  func string(_ name: String, maximumBytes: Int = 10_000) throws(Problem) -> String? {
    guard let index = node(name) else { return nil }
    guard tape.nodes[index].kind == .string else {
      throw invalid(name, "wrong_type", "must be a string")
    }
    return try text(index, name, maximumBytes)
  }

  func requiredString(_ name: String, maximumBytes: Int = 10_000) throws(Problem) -> String {
    guard let value = try string(name, maximumBytes: maximumBytes) else {
      throw invalid(name, "missing", "is needed")
    }
    return value
  }

  /// A text whose length is counted in Unicode's characters, as JSON Schema does.
  func string(
    _ name: String, minimumLength: Int = 0, maximumLength: Int
  ) throws(Problem) -> String? {
    guard let text = try string(name, maximumBytes: 4 * maximumLength) else { return nil }
    let length = text.unicodeScalars.count
    guard (minimumLength...maximumLength).contains(length) else {
      throw invalid(
        name, length < minimumLength ? "too_short" : "too_long",
        "must have \(minimumLength) to \(maximumLength) characters")
    }
    return text
  }

  func requiredString(
    _ name: String, minimumLength: Int = 0, maximumLength: Int
  ) throws(Problem) -> String {
    guard
      let text = try string(name, minimumLength: minimumLength, maximumLength: maximumLength)
    else { throw invalid(name, "missing", "is needed") }
    return text
  }

  private func text(_ index: Int, _ name: String, _ maximumBytes: Int) throws(Problem) -> String {
    guard !tape.nodes[index].flags.contains(.containsNUL) else {
      throw invalid(name, "invalid", "must not hold U+0000")
    }
    let text = tape.string(at: index, in: bytes.span.bytes)
    guard text.utf8.count <= maximumBytes else {
      throw invalid(name, "too_long", "must have at most \(maximumBytes) bytes")
    }
    return text
  }

  /// A whole number, also as `7.0`, which JSON Schema takes for one.
  func int(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let index = node(name) else { return nil }
    let whole =
      tape.int64(at: index, in: bytes.span.bytes)
      ?? tape.double(at: index, in: bytes.span.bytes).flatMap { Int64(exactly: $0) }
    guard let value = whole.flatMap({ Int(exactly: $0) }), range.contains(value) else {
      throw invalid(
        name, "invalid", "must be a whole number of \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func bool(_ name: String) throws(Problem) -> Bool? {
    guard let index = node(name) else { return nil }
    guard tape.nodes[index].kind == .bool else {
      throw invalid(name, "wrong_type", "must be true or false")
    }
    return tape.string(at: index, in: bytes.span.bytes) == "true"
  }

  /// An array of strings.
  func strings(
    _ name: String, maximumCount: Int = 100, maximumBytes: Int = 1000
  ) throws(Problem) -> [String]? {
    guard let index = node(name) else { return nil }
    let node = tape.nodes[index]
    var values: [String] = []
    var child = index + 1
    while node.kind == .array, child < node.end, tape.nodes[child].kind == .string {
      values.append(try text(child, name, maximumBytes))
      child = tape.nodes[child].end
    }
    guard node.kind == .array, child == node.end, values.count <= maximumCount else {
      throw invalid(name, "wrong_type", "must be an array of at most \(maximumCount) strings")
    }
    return values
  }

  func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = try string(name, maximumBytes: 64) else { return nil }
    guard let time = Timestamp(text) else {
      throw invalid(name, "invalid", "must be a time such as 2026-11-21T05:30:00Z")
    }
    return time
  }

  /// One of the values of an enumeration.
  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, of _: Value.Type = Value.self
  ) throws(Problem) -> Value? where Value.RawValue == String {
    guard let text = try string(name) else { return nil }
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid(name, "invalid", "must be one of \(known)")
    }
    return value
  }
}
