/// A Windows event as the system renders it (`<Event xmlns="…"><System>…</System><EventData>…`), made to
/// the JSON form of such events: attributes in `#attributes`, EventData's values under their names.
enum EventXMLText {
  static func record(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.starts(with: "<Event") || text.starts(with: "<?xml") else { return nil }
    var reader = XMLReader(text)
    guard let event = reader.root(), event.name.elementsEqual("Event".utf8),
      event.children.contains(where: { $0.name.elementsEqual("System".utf8) })
    else { return nil }
    var json: [UInt8] = Array(#"{"Event":"#.utf8)
    json.append(UInt8(ascii: "{"))
    for (index, child) in event.children.enumerated() {
      if index > 0 { json.append(UInt8(ascii: ",")) }
      name(child.name, &json)
      if child.name.elementsEqual("EventData".utf8) {
        data(child, &json)
      } else {
        value(child, &json)
      }
    }
    json.append(contentsOf: "}}".utf8)
    return json
  }

  private static func value(_ element: XMLElement, _ json: inout [UInt8]) {
    if element.children.isEmpty, element.attributes.isEmpty {
      if element.text.isEmpty {
        json.append(contentsOf: "null".utf8)
      } else {
        string(element.text, &json)
      }
      return
    }
    json.append(UInt8(ascii: "{"))
    var isFirst = true
    if !element.attributes.isEmpty {
      isFirst = false
      json.append(contentsOf: "\"#attributes\":{".utf8)
      for (index, attribute) in element.attributes.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        name(attribute.name, &json)
        string(attribute.value, &json)
      }
      json.append(UInt8(ascii: "}"))
    }
    for child in element.children {
      if !isFirst { json.append(UInt8(ascii: ",")) }
      isFirst = false
      name(child.name, &json)
      value(child, &json)
    }
    if element.children.isEmpty, !element.text.isEmpty {
      if !isFirst { json.append(UInt8(ascii: ",")) }
      json.append(contentsOf: "\"#text\":".utf8)
      string(element.text, &json)
    }
    json.append(UInt8(ascii: "}"))
  }

  /// `<Data Name="Image">…</Data>` is the member `Image`; classic events have no names, and their texts
  /// are one list.
  private static func data(_ element: XMLElement, _ json: inout [UInt8]) {
    json.append(UInt8(ascii: "{"))
    var isFirst = true
    var unnamed: [XMLElement] = []
    for child in element.children {
      guard let named = child.attributes.first(where: { $0.name.elementsEqual("Name".utf8) }) else {
        if child.name.elementsEqual("Data".utf8) {
          unnamed.append(child)
          continue
        }
        if !isFirst { json.append(UInt8(ascii: ",")) }
        isFirst = false
        name(child.name, &json)
        value(child, &json)
        continue
      }
      if !isFirst { json.append(UInt8(ascii: ",")) }
      isFirst = false
      name(named.value[...], &json)
      string(child.text, &json)
    }
    if !unnamed.isEmpty {
      if !isFirst { json.append(UInt8(ascii: ",")) }
      json.append(contentsOf: "\"Data\":[".utf8)
      for (index, child) in unnamed.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        string(child.text, &json)
      }
      json.append(UInt8(ascii: "]"))
    }
    json.append(UInt8(ascii: "}"))
  }

  private static func name(_ text: ArraySlice<UInt8>, _ json: inout [UInt8]) {
    string(text, &json)
    json.append(UInt8(ascii: ":"))
  }

  private static func string(_ text: some Sequence<UInt8>, _ json: inout [UInt8]) {
    TextRecord.appendString(text, to: &json)
  }
}
