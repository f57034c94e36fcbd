internal import Core
internal import Normalization

/// The fields of a rule's events that its hits carry, prepared to be written as JSON.
struct CarriedFields: Sendable {
  /// By the rule's own names.
  let names: [String]
  private let fields: [Field]

  private struct Field: Sendable {
    /// The name in the event.
    let source: [UInt8]
    /// `"name":`, escaped.
    let key: [UInt8]
  }

  static let nothing = Array("{}".utf8)

  init(_ names: [String]) {
    self.names = names
    fields = names.map { name in
      var key: [UInt8] = [UInt8(ascii: "\"")]
      JSONBytes.append(Array(name.utf8)[...], to: &key)
      key += "\":".utf8
      return Field(source: Array(FieldAliases.canonical(name).utf8), key: key)
    }
  }

  /// A JSON object of those that the event has. NUL, which jsonb can't hold, is put as U+FFFD.
  func json(of event: borrowing EventFields) -> [UInt8] {
    if fields.isEmpty { return Self.nothing }
    var json: [UInt8] = []
    json.reserveCapacity(64 * fields.count)
    json.append(UInt8(ascii: "{"))
    for field in fields {
      guard let range = Self.value(of: field, in: event) else { continue }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json += field.key
      json.append(UInt8(ascii: "\""))
      if range.count <= LongValue.limit {
        JSONBytes.append(event.bytes[range], to: &json)
      } else {
        JSONBytes.append(LongValue.shortened(event.bytes[range])[...], to: &json)
      }
      json.append(UInt8(ascii: "\""))
    }
    json.append(UInt8(ascii: "}"))
    return json
  }

  func values(of event: EventFields) -> [(name: String, value: String)] {
    zip(names, fields).compactMap { name, field in
      Self.value(of: field, in: event).map { range in
        let value = event.bytes[range]
        return (name, String(decoding: LongValue.shortened(value), as: UTF8.self))
      }
    }
  }

  /// Where the first value of that name stands; nil if the field is absent or null.
  private static func value(
    of field: Field, in event: borrowing EventFields
  ) -> Range<Int>? {
    let wanted = field.source.span
    let bytes = event.bytes
    let all = bytes.span
    for index in 0..<event.entries.count {
      let entry = event.entries[index]
      guard entry.name.count == wanted.count else { continue }
      let start = Int(entry.name.lowerBound)
      var same = true
      for offset in 0..<wanted.count where all[start + offset] != wanted[offset] {
        same = false
        break
      }
      guard same else { continue }
      guard entry.kind != .null else { return nil }
      return Int(entry.value.lowerBound)..<Int(entry.value.upperBound)
    }
    return nil
  }
}
