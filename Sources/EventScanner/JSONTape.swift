/// The values of one JSON record in document order, each as ranges of the bytes it was scanned from.
///
/// A tape is reused for many records and holds no copy of their text: whoever reads it also passes
/// the span that was scanned. Node 0 is the record itself; an object's or array's children follow it,
/// and `end` of a node is the index behind its last descendant, so that the next sibling of node `i`
/// is node `nodes[i].end`.
///
/// Null and duplicates: a JSON `null` is a node of kind `.null`, which is not the same as no node. A
/// name that occurs twice in one object has two nodes (RFC 8259 §4 leaves the meaning open); lookup by
/// name answers with the last, as most parsers do, and a pass over all nodes sees both.
public struct JSONTape: Sendable {
  public enum Kind: UInt8, Sendable {
    case object, array, string, number, bool, null

    public var isContainer: Bool { self == .object || self == .array }
  }

  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The value is a string with at least one escape.
    public static let valueEscaped = Flags(rawValue: 1)
    /// The member's name has at least one escape.
    public static let keyEscaped = Flags(rawValue: 2)
    /// The number has neither fraction nor exponent.
    public static let integer = Flags(rawValue: 4)
    /// The value or the name holds `\u0000`, which is valid JSON but which PostgreSQL's `text` cannot
    /// keep.
    public static let containsNUL = Flags(rawValue: 8)
    /// The node is the member of an object and has a name.
    public static let member = Flags(rawValue: 16)
  }

  public struct Node: Sendable {
    @usableFromInline var keyStart: UInt32
    @usableFromInline var keyEnd: UInt32
    @usableFromInline var valueStart: UInt32
    @usableFromInline var valueEnd: UInt32
    @usableFromInline var parentIndex: Int32
    @usableFromInline var endIndex: UInt32
    public internal(set) var kind: Kind
    /// 0 for the record itself, 1 for its members.
    public internal(set) var depth: UInt8
    public internal(set) var flags: Flags

    /// The name's bytes without its quotes, escapes still in place; empty for an array's element.
    @inlinable public var key: Range<Int> { Int(keyStart)..<Int(keyEnd) }
    /// The value's bytes: a string's without its quotes, a container's with its brackets.
    @inlinable public var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    /// The index of the container that holds this node; nil for the record itself.
    @inlinable public var parent: Int? { parentIndex < 0 ? nil : Int(parentIndex) }
    /// The index behind the node's last descendant.
    @inlinable public var end: Int { Int(endIndex) }
  }

  public internal(set) var nodes: [Node] = []
  /// Whether any name or string of the record holds `\u0000`.
  public internal(set) var containsNUL = false

  public init() {
    nodes.reserveCapacity(128)
  }

  /// Forgets the record and keeps the memory.
  public mutating func removeAll() {
    nodes.removeAll(keepingCapacity: true)
    containsNUL = false
  }

  /// The record's extent in the scanned bytes; empty for an empty tape.
  public var range: Range<Int> { nodes.first?.value ?? 0..<0 }
}
