internal import Core

/// Typed values. Each is nil where the parameter is not given and throws the ``Problem`` 400
/// `invalid_parameter` where it cannot be read.
extension QueryReader {
  /// - Parameter shown: the range that an error names, where more than it is told so by the caller.
  func int(
    _ name: String, in range: ClosedRange<Int>, shown: ClosedRange<Int>? = nil
  ) throws(Problem) -> Int? {
    guard let text = try string(name) else { return nil }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ hexDigitValue($0) ?? 16 < 10 }),
      let value = Int(text), range.contains(value)
    else {
      let shown = shown ?? range
      throw Self.invalid(
        name, "must be a whole number of \(shown.lowerBound) to \(shown.upperBound)")
    }
    return value
  }

  func bool(_ name: String) throws(Problem) -> Bool? {
    switch try string(name) {
    case nil: return nil
    case "true", "1": return true
    case "false", "0": return false
    default: throw Self.invalid(name, "must be true or false")
    }
  }

  /// RFC 3339. A blank where the offset's `+` was not escaped is taken as that `+`.
  func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = try string(name, maximumBytes: 64) else { return nil }
    if let time = Timestamp(text) { return time }
    var bytes = Array(text.utf8)
    if let blank = bytes.lastIndex(of: UInt8(ascii: " ")), blank > 10 {
      bytes[blank] = UInt8(ascii: "+")
      if let time = Timestamp(rfc3339: bytes) { return time }
    }
    throw Self.invalid(name, "must be a time such as 2026-11-21T05:30:00Z")
  }

  func address(_ name: String) throws(Problem) -> IPAddress? {
    guard let text = try string(name, maximumBytes: 64) else { return nil }
    guard let address = IPAddress(text) else {
      throw Self.invalid(name, "must be an IPv4 or IPv6 address")
    }
    return address
  }

  /// One of the values of an enumeration.
  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, of _: Value.Type = Value.self
  ) throws(Problem) -> Value? where Value.RawValue == String {
    guard let text = try string(name) else { return nil }
    return try Self.choice(text, name)
  }

  /// Some of the values of an enumeration, with commas between them.
  func choices<Value: RawRepresentable & CaseIterable>(
    _ name: String, of _: Value.Type = Value.self
  ) throws(Problem) -> [Value]? where Value.RawValue == String {
    guard let items = try list(name) else { return nil }
    var values: [Value] = []
    for item in items { values.append(try Self.choice(item, name)) }
    return values
  }

  private static func choice<Value: RawRepresentable & CaseIterable>(
    _ text: String, _ name: String
  ) throws(Problem) -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid(name, "must be one of \(known)")
    }
    return value
  }

  /// Texts with commas between them, each once; none may be empty.
  func list(_ name: String, maximumCount: Int = 100) throws(Problem) -> [String]? {
    guard let text = try string(name, maximumBytes: 4096) else { return nil }
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard items.count <= maximumCount, !items.contains("") else {
      throw Self.invalid(name, "must be 1 to \(maximumCount) values with commas between them")
    }
    var seen = Set<String>()
    return items.filter { seen.insert($0).inserted }
  }
}
