internal import Core

extension JSONWriter {
  /// The members of a JSON Schema.
  mutating func schemaMembers(_ schema: Schema, description: String? = nil) {
    switch schema {
    case .any: break
    case .string(let minimum, let maximum, let pattern):
      member("type", "string")
      if let minimum { member("minLength", minimum) }
      if let maximum { member("maxLength", maximum) }
      if let pattern { member("pattern", pattern) }
    case .format(let format):
      member("type", "string")
      member("format", format)
    case .integer(let range):
      member("type", "integer")
      if let range {
        member("minimum", range.lowerBound)
        member("maximum", range.upperBound)
      }
    case .number: member("type", "number")
    case .boolean: member("type", "boolean")
    case .null: member("type", "null")
    case .choice(let values):
      member("type", "string")
      member("enum", values)
    case .array(let element, let minimum, let maximum):
      member("type", "array")
      object("items") { $0.schemaMembers(element) }
      if let minimum { member("minItems", minimum) }
      if let maximum { member("maxItems", maximum) }
    case .object(let members): objectMembers(members)
    case .change(let members):
      objectMembers(members)
      member("minProperties", 1)
    case .map(let value):
      member("type", "object")
      object("additionalProperties") { $0.schemaMembers(value) }
    case .named(let name): member("$ref", "#/components/schemas/\(name)")
    case .nullable(let value):
      array("anyOf") { json in
        json.object { $0.schemaMembers(value) }
        json.object { $0.member("type", "null") }
      }
    case .anyOf(let values):
      array("anyOf") { json in
        for value in values { json.object { $0.schemaMembers(value) } }
      }
    }
    if let description { member("description", description) }
  }

  /// An object takes no other members: a typo must not widen a query (interface.md §2).
  private mutating func objectMembers(_ members: [SchemaMember]) {
    member("type", "object")
    object("properties") { json in
      for one in members {
        json.object(one.name) { $0.schemaMembers(one.schema, description: one.description) }
      }
    }
    let required = members.filter(\.isRequired).map(\.name)
    if !required.isEmpty { member("required", required) }
    member("additionalProperties", false)
  }
}
