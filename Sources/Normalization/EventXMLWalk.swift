internal import Core
internal import EventScanner

/// The walk over a Windows event whose XML was turned into JSON member by member:
/// `{"Event":{"System":{…},"EventData":{…}}}`, attributes in `#attributes`, text in `#text`.
///
/// Names come out as Sigma rules write them: `EventID`, `Provider_Name`, and the names of EventData and
/// UserData without their blanks. What EventData or UserData say goes before what System says (events
/// 104 and 1102 carry the cleared log as a `Channel` of their own), but the slots, from which the log
/// source and the columns are read, keep System's. An empty element (`null`) is an absent field.
struct EventXMLWalk {
  let table: PathTable

  func walk(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ walk: inout RecordWalk,
    into fields: inout EventFields
  ) {
    // Some leave the outermost element out.
    let event = tape.member("Event", in: bytes) ?? 0
    guard tape.nodes[event].kind == .object else { return }
    let end = tape.nodes[event].end
    var system: Int?
    var child = event + 1
    while child < end {
      if tape.keyEquals("System", at: child, in: bytes) {
        system = child
      } else if !tape.keyEquals("#attributes", at: child, in: bytes) {
        data(bytes, tape, child, &walk, &fields)
      }
      child = tape.nodes[child].end
    }
    if let system { systemPart(bytes, tape, system, &walk, &fields) }
  }

  /// Leaves below EventData, UserData and the like, at any depth.
  private func data(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ root: Int, _ walk: inout RecordWalk,
    _ fields: inout EventFields
  ) {
    var index = root + 1
    let end = tape.nodes[root].end
    var name: [UInt8] = []
    while index < end {
      let node = tape.nodes[index]
      if tape.keyEquals("#attributes", at: index, in: bytes) || node.kind == .null {
        index = node.end
        continue
      }
      if node.flags.contains(.member), !tape.keyEquals("#text", at: index, in: bytes) {
        name.removeAll(keepingCapacity: true)
        tape.appendKey(at: index, in: bytes, to: &name)
        if name.contains(UInt8(ascii: " ")) { name.removeAll { $0 == UInt8(ascii: " ") } }
      }
      if node.kind == .array, isList(tape, index) {
        joined(bytes, tape, index, name, &fields)
        index = node.end
        continue
      }
      if !node.kind.isContainer {
        let entry = table.find(name.span.bytes)
        walk.emit(bytes, tape, index, name.span.bytes, entry, 1, table, &fields)
      }
      index += 1
    }
  }

  private func isList(_ tape: borrowing JSONTape, _ array: Int) -> Bool {
    (array + 1..<tape.nodes[array].end).allSatisfy { !tape.nodes[$0].kind.isContainer }
  }

  /// The pieces of one text: classic events have their strings without names.
  private func joined(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ array: Int, _ name: [UInt8],
    _ fields: inout EventFields
  ) {
    var text: [UInt8] = []
    for index in array + 1..<tape.nodes[array].end {
      if index > array + 1 { text.append(UInt8(ascii: "\n")) }
      if tape.nodes[index].kind != .null { tape.appendValue(at: index, in: bytes, to: &text) }
    }
    fields.append(name: name.span.bytes, value: text.span.bytes)
  }

  private func systemPart(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ system: Int, _ walk: inout RecordWalk,
    _ fields: inout EventFields
  ) {
    var element = system + 1
    var name: [UInt8] = []
    while element < tape.nodes[system].end {
      let node = tape.nodes[element]
      name.removeAll(keepingCapacity: true)
      tape.appendKey(at: element, in: bytes, to: &name)
      if node.kind == .object {
        attributes(bytes, tape, element, name, &walk, &fields)
        if let text = tape.member("#text", of: element, in: bytes) {
          put(bytes, tape, text, name, &walk, &fields)
        }
      } else {
        put(bytes, tape, element, name, &walk, &fields)
      }
      element = node.end
    }
  }

  private func attributes(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ element: Int, _ elementName: [UInt8],
    _ walk: inout RecordWalk, _ fields: inout EventFields
  ) {
    guard let list = tape.member("#attributes", of: element, in: bytes),
      !tape.keyEquals("EventID", at: element, in: bytes)
    else { return }
    let isTime = tape.keyEquals("TimeCreated", at: element, in: bytes)
    for index in list + 1..<tape.nodes[list].end where tape.nodes[index].flags.contains(.member) {
      var name = isTime ? [] : elementName + [UInt8(ascii: "_")]
      tape.appendKey(at: index, in: bytes, to: &name)
      put(bytes, tape, index, name, &walk, &fields)
    }
  }

  private func put(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ index: Int, _ name: [UInt8],
    _ walk: inout RecordWalk, _ fields: inout EventFields
  ) {
    let kind = tape.nodes[index].kind
    guard kind != .null, !kind.isContainer else { return }
    let entry = table.find(name.span.bytes)
    if entry >= 0, table.entries[entry].slot >= 0 {
      let slot = Int(table.entries[entry].slot)
      let said = walk.isNoted(slot)
      walk.note(index, in: slot)
      if said { return }
    }
    walk.write(bytes, tape, index, name.span.bytes, &fields)
  }
}
