extension JSONTape {
  /// The last member of that name of the container at `index`; nil if there is none. `name` is plain:
  /// a member whose name is written with escapes is compared by what it means.
  public func member(_ name: StaticString, of index: Int = 0, in bytes: RawSpan) -> Int? {
    var found: Int?
    var child = index + 1
    let end = nodes[index].end
    while child < end {
      if keyEquals(name, at: child, in: bytes) { found = child }
      child = nodes[child].end
    }
    return found
  }

  /// Whether the member at `index` has that name.
  @inlinable
  public func keyEquals(_ name: StaticString, at index: Int, in bytes: RawSpan) -> Bool {
    let node = nodes[index]
    guard node.flags.contains(.member) else { return false }
    if !node.flags.contains(.keyEscaped) { return bytes.equals(name, in: node.key) }
    var text: [UInt8] = []
    JSONText.appendUnescaped(bytes, node.key, to: &text)
    return name.withUTF8Buffer { unsafe $0.elementsEqual(text) }
  }

  /// Appends the member's name as UTF-8 with its escapes resolved.
  @inlinable
  public func appendKey(at index: Int, in bytes: RawSpan, to buffer: inout [UInt8]) {
    let node = nodes[index]
    if node.flags.contains(.keyEscaped) {
      JSONText.appendUnescaped(bytes, node.key, to: &buffer)
    } else {
      JSONText.append(bytes, node.key, to: &buffer)
    }
  }

  /// Appends the value's text: a string with its escapes resolved, anything else as it was sent.
  @inlinable
  public func appendValue(at index: Int, in bytes: RawSpan, to buffer: inout [UInt8]) {
    let node = nodes[index]
    if node.flags.contains(.valueEscaped) {
      JSONText.appendUnescaped(bytes, node.value, to: &buffer)
    } else {
      JSONText.append(bytes, node.value, to: &buffer)
    }
  }

  /// The value's text as `appendValue` gives it.
  public func string(at index: Int, in bytes: RawSpan) -> String {
    var text: [UInt8] = []
    appendValue(at: index, in: bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The number at `index` if it is written without fraction and exponent and fits; nil otherwise.
  public func int64(at index: Int, in bytes: RawSpan) -> Int64? {
    let node = nodes[index]
    guard node.kind == .number, node.flags.contains(.integer) else { return nil }
    return JSONText.int64(bytes, node.value)
  }

  /// The number at `index`, rounded to the nearest representable; nil if it is no number or not finite.
  public func double(at index: Int, in bytes: RawSpan) -> Double? {
    let node = nodes[index]
    guard node.kind == .number else { return nil }
    return JSONText.double(bytes, node.value)
  }
}
