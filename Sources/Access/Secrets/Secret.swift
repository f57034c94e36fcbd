/// A value that must never reach a log, an error or a debugger's summary.
///
/// Whatever prints it prints `[redacted]`; the value itself comes out only through ``reveal()``, a
/// word that can be searched for.
public struct Secret<Value: Sendable>: Sendable {
  private let value: Value

  public init(_ value: Value) {
    self.value = value
  }

  public func reveal() -> Value { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "[redacted]" }
  public var debugDescription: String { "[redacted]" }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
