internal import Core
internal import EventScanner

extension JSONObject {
  /// A member that is an object itself, with known members; nil where it is absent or null.
  func object(_ name: String, allowing allowed: [String]) throws(Problem) -> JSONObject? {
    guard let index = node(name) else { return nil }
    guard tape.nodes[index].kind == .object else {
      throw invalid(name, "wrong_type", "must be an object of \(allowed.joined(separator: ", "))")
    }
    return try JSONObject(
      Array(bytes[tape.nodes[index].value]), allowing: allowed, at: pointer(to: name))
  }

  /// A member that is an object or an array, as it was sent; nil where it is absent or null.
  func container(_ name: String, maximumBytes: Int) throws(Problem) -> String? {
    guard let index = node(name) else { return nil }
    guard tape.nodes[index].kind.isContainer else {
      throw invalid(name, "wrong_type", "must be an object or an array")
    }
    let text = bytes[tape.nodes[index].value]
    guard text.count <= maximumBytes else {
      throw invalid(name, "too_long", "must have at most \(maximumBytes) bytes")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
