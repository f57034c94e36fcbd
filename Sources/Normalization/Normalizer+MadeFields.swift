internal import Core
internal import EventScanner

extension Normalizer {
  /// Appends the fields that are made of values, where the record has none of their names.
  mutating func makeFields(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ compiled: CompiledMapping,
    _ fields: inout EventFields
  ) {
    for made in compiled.made where !walk.isNoted(made.own) {
      guard let node = walk.node(in: made.value), !tape.nodes[node].kind.isContainer,
        tape.nodes[node].kind != .null
      else { continue }
      scratch.removeAll(keepingCapacity: true)
      tape.appendValue(at: node, in: bytes, to: &scratch)
      guard let value = made.field.making.value(of: scratch) else { continue }
      walk.note(node, in: made.own)
      fields.append(
        name: made.field.name.utf8, value: value, kind: .string)
    }
  }
}

extension Making {
  /// The field's value; nil for none.
  func value(of text: [UInt8]) -> ArraySlice<UInt8>? {
    switch self {
    case .table(let table):
      guard text.count <= 256 else { return nil }
      return table[String(decoding: text, as: UTF8.self).lowercased()].map { Array($0.utf8)[...] }
    case .constant(let value): return Array(value.utf8)[...]
    case .requestMethod: return RequestText.words(text)?.method
    case .requestURI: return RequestText.words(text)?.uri
    case .requestPath: return RequestText.words(text).map { URIText($0.uri).path }
    case .uriPath: return URIText(text[...]).path
    case .uriQuery: return URIText(text[...]).query
    case .uriHost: return URIText(text[...]).host
    case .uriExtension: return URIText(text[...]).pathExtension
    }
  }
}
