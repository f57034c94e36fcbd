internal import Core

/// The shape of a value, as the OpenAPI document shows it (JSON Schema 2020-12).
indirect enum Schema: Sendable {
  case any
  case string(minimum: Int? = nil, maximum: Int? = nil, pattern: String? = nil)
  /// A string of a format such as `date-time` or `uuid`.
  case format(String)
  case integer(ClosedRange<Int>? = nil)
  case number
  case boolean
  case null
  case choice([String])
  case array(Schema, minimum: Int? = nil, maximum: Int? = nil)
  case object([SchemaMember])
  /// An object with at least one of its members.
  case change([SchemaMember])
  /// An object with any names.
  case map(Schema)
  /// One of `components/schemas`.
  case named(String)
  case nullable(Schema)
  case anyOf([Schema])

  static let text = Schema.string()
  static let time = Schema.format("date-time")
  static let uuid = Schema.format("uuid")

  static func choice<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> Schema
  where Value.RawValue == String {
    .choice(Value.allCases.map(\.rawValue))
  }

  /// Some of the values with commas between them, as ``QueryReader/choices(_:of:)`` reads them.
  static func choices(_ values: [String]) -> Schema {
    let one = "(?:" + values.joined(separator: "|") + ")"
    return .string(pattern: "^\(one)(?:,\(one))*$")
  }

  static func choices<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> Schema
  where Value.RawValue == String {
    .choices(Value.allCases.map(\.rawValue))
  }

  /// The common form of a list: `{"<name>":[…],"next_cursor":…}` and other members.
  static func page(_ name: String, of item: Schema, and others: [SchemaMember] = []) -> Schema {
    .object(
      [.member(name, .array(item)), .member("next_cursor", .nullable(.text))] + others)
  }
}

/// A member of an object.
struct SchemaMember: Sendable {
  let name: String
  let schema: Schema
  let isRequired: Bool
  let description: String?

  static func member(_ name: String, _ schema: Schema, _ description: String? = nil) -> Self {
    Self(name: name, schema: schema, isRequired: true, description: description)
  }

  static func optional(_ name: String, _ schema: Schema, _ description: String? = nil) -> Self {
    Self(name: name, schema: schema, isRequired: false, description: description)
  }
}
