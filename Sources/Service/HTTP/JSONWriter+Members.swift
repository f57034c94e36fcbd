public import Core

/// Name and value in one call; nil is written as null.
extension JSONWriter {
  public mutating func member(_ name: String, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
    self.name(name)
    if let value { int(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: Double?) {
    self.name(name)
    if let value { double(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: Bool?) {
    self.name(name)
    if let value { bool(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: Timestamp?) {
    self.name(name)
    if let value { time(value) } else { null() }
  }

  public mutating func member(_ name: String, _ values: some Sequence<String>) {
    self.name(name)
    array { for value in values { $0.string(value) } }
  }

  public mutating func member(
    _ name: String, object body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try object(body)
  }

  public mutating func member(
    _ name: String, array body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try array(body)
  }
}
