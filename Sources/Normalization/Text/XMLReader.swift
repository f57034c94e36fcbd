/// One element of an XML text.
struct XMLElement {
  let name: ArraySlice<UInt8>
  var attributes: [(name: ArraySlice<UInt8>, value: [UInt8])] = []
  var text: [UInt8] = []
  var children: [XMLElement] = []
}

/// Reads the elements of an XML text without a document type, as Windows renders its events. Entities of
/// a document's own are not expanded, so that a short text stays short.
struct XMLReader {
  private let text: ArraySlice<UInt8>
  private var position: Int
  private var elements = 0

  static let depthLimit = 32
  static let elementLimit = 2048

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  /// The first element; nil if the text is not well formed or beyond the limits.
  mutating func root() -> XMLElement? {
    skipProlog()
    return element(depth: 0)
  }

  private mutating func skipProlog() {
    while true {
      skipBlanks()
      if has("<?") {
        skip(behind: "?>")
      } else if has("<!--") {
        skip(behind: "-->")
      } else {
        return
      }
    }
  }

  private mutating func element(depth: Int) -> XMLElement? {
    guard depth < Self.depthLimit, elements < Self.elementLimit, has("<") else { return nil }
    elements += 1
    position += 1
    guard let name = name() else { return nil }
    var element = XMLElement(name: name)
    while true {
      skipBlanks()
      if has("/>") {
        position += 2
        return element
      }
      if has(">") {
        position += 1
        break
      }
      guard let attribute = attribute() else { return nil }
      element.attributes.append(attribute)
    }
    return content(of: &element, depth: depth) ? element : nil
  }

  /// What stands before the closing tag; false if that is missing.
  private mutating func content(of element: inout XMLElement, depth: Int) -> Bool {
    while position < text.endIndex {
      if has("</") {
        skip(behind: ">")
        return true
      }
      if has("<![CDATA[") {
        let start = position + 9
        guard let end = text.first("]]>", from: start) else { return false }
        element.text.append(contentsOf: text[start..<end])
        position = end + 3
      } else if has("<!--") {
        skip(behind: "-->")
      } else if has("<") {
        guard let child = self.element(depth: depth + 1) else { return false }
        element.children.append(child)
      } else {
        let end = text[position...].firstIndex(of: UInt8(ascii: "<")) ?? text.endIndex
        Self.appendUnescaped(text[position..<end], to: &element.text)
        position = end
      }
    }
    return false
  }

  private mutating func attribute() -> (name: ArraySlice<UInt8>, value: [UInt8])? {
    guard let name = name() else { return nil }
    skipBlanks()
    guard has("=") else { return nil }
    position += 1
    skipBlanks()
    guard position < text.endIndex, has("\"") || has("'") else { return nil }
    let quote = text[position]
    let start = position + 1
    guard let end = text[start...].firstIndex(of: quote) else { return nil }
    position = end + 1
    var value: [UInt8] = []
    Self.appendUnescaped(text[start..<end], to: &value)
    return (name, value)
  }

  private mutating func name() -> ArraySlice<UInt8>? {
    let start = position
    while position < text.endIndex, text[position] > 0x20,
      !"=<>/\"'".utf8.contains(text[position])
    {
      position += 1
    }
    return position > start ? text[start..<position] : nil
  }

  private func has(_ literal: StaticString) -> Bool {
    text[min(position, text.endIndex)...].starts(with: literal)
  }

  private mutating func skipBlanks() {
    while position < text.endIndex, text[position] <= 0x20 { position += 1 }
  }

  private mutating func skip(behind literal: StaticString) {
    position =
      text.first(literal, from: position).map { $0 + literal.utf8CodeUnitCount } ?? text.endIndex
  }

  private static let entities: [String: UInt8] = [
    "lt": 0x3C, "gt": 0x3E, "amp": 0x26, "quot": 0x22, "apos": 0x27,
  ]

  private static func appendUnescaped(_ text: ArraySlice<UInt8>, to result: inout [UInt8]) {
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == UInt8(ascii: "&"),
        let end = text[index..<min(index + 12, text.endIndex)].firstIndex(of: UInt8(ascii: ";"))
      else {
        result.append(text[index])
        index += 1
        continue
      }
      let name = String(decoding: text[(index + 1)..<end], as: UTF8.self)
      if let byte = entities[name] {
        result.append(byte)
      } else if let scalar = scalar(name) {
        result.append(contentsOf: String(Character(scalar)).utf8)
      } else {
        result.append(contentsOf: text[index...end])
      }
      index = end + 1
    }
  }

  private static func scalar(_ name: String) -> Unicode.Scalar? {
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let value =
      digits.first == "x" || digits.first == "X"
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap { Unicode.Scalar($0) }
  }
}
