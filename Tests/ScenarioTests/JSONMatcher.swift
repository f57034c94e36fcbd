internal import Foundation

/// Compares what came with what a scenario expects of it.
///
/// An expected object is a subset: members that it does not name may be there. An expected array is
/// the whole array. An object whose only member begins with `$` is a test instead:
/// `{"$matches": "regular expression"}`, `{"$type": "string"}`, `{"$absent": true}`,
/// `{"$length": 3}`, `{"$contains": …}` (an element, or a part of the text), `{"$not": …}`,
/// `{"$least": 1}`.
enum JSONMatcher {
  /// What differs, each with its JSON Pointer; empty if nothing does.
  static func differences(
    _ found: JSONValue?, from expected: JSONValue, at pointer: String = ""
  ) -> [String] {
    if case .object(let members) = expected {
      if members.count == 1, let (name, argument) = members.first, name.hasPrefix("$") {
        return passes(found, name, argument)
          ? [] : ["\(pointer): \(describe(found)) fails \(describe(expected))"]
      }
      guard case .object(let others)? = found else {
        return ["\(pointer): \(describe(found)) is not an object"]
      }
      return members.sorted { $0.key < $1.key }.flatMap {
        differences(others[$0.key], from: $0.value, at: "\(pointer)/\($0.key)")
      }
    }
    if case .array(let elements) = expected {
      guard case .array(let others)? = found, others.count == elements.count else {
        return ["\(pointer): \(describe(found)) is not an array of \(elements.count)"]
      }
      return zip(others, elements).enumerated().flatMap {
        differences($1.0, from: $1.1, at: "\(pointer)/\($0)")
      }
    }
    return found == expected
      ? [] : ["\(pointer): \(describe(found)) is not \(describe(expected))"]
  }

  private static func passes(
    _ found: JSONValue?, _ test: String, _ argument: JSONValue
  ) -> Bool {
    switch (test, argument, found) {
    case ("$absent", _, _): found == nil
    case ("$not", _, _): !differences(found, from: argument).isEmpty
    case ("$matches", .string(let pattern), .string(let text)):
      text.range(of: pattern, options: .regularExpression) != nil
    case ("$type", .string(let name), .some(let value)): value.typeName == name
    case ("$length", .number(let count), .array(let elements)): Double(elements.count) == count
    case ("$least", .number(let least), .number(let number)): number >= least
    case ("$contains", .string(let part), .string(let text)): text.contains(part)
    case ("$contains", _, .array(let elements)):
      elements.contains { differences($0, from: argument).isEmpty }
    default: false
    }
  }

  private static func describe(_ value: JSONValue?) -> String {
    guard let value else { return "nothing" }
    let text = (try? value.bytes).map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
    return text.count > 600 ? "\(text.prefix(600))…" : text
  }
}

extension JSONValue {
  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
