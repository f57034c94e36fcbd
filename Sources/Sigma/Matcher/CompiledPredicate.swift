internal import Core

/// One question about one field, as the matcher asks it. Equal questions of different rules are one.
struct CompiledPredicate: Hashable, Sendable {
  /// Index of the field in the table; `keywordField` is the event's whole text.
  let field: Int32
  let kind: Kind

  static let keywordField: Int32 = -1

  enum Kind: Hashable, Sendable {
    /// A folded text at a place in the folded value. Found by the scanners alone: what they do not
    /// find is false.
    case literal([UInt8], LiteralAnchor)
    /// Any value that is not null.
    case present
    case glob(GlobPattern)
    /// By its index in the table.
    case regex(Int32)
    case null
    case exists(Bool)
    case cidr(CIDRBlock)
    case compare(ComparisonOperator, Number)
    case datePart(DatePart, ComparisonOperator, Number)
    case field(Int32, FieldReference.Anchor, isCased: Bool)
  }

  /// Folded texts of which one must be in the value for the question to be worth asking; empty for
  /// questions that are always worth it.
  let triggers: [[UInt8]]

  init(field: Int32, kind: Kind, triggers: [[UInt8]] = []) {
    self.field = field
    self.kind = kind
    // A keyword's text may lie across two values; each value is scanned by itself.
    let isUsable = triggers.allSatisfy {
      $0.count >= LiteralScanner.shortest
        && !(field == Self.keywordField && $0.contains(0x0A))
    }
    self.triggers = isUsable ? triggers : []
  }

  static func == (left: Self, right: Self) -> Bool {
    left.field == right.field && left.kind == right.kind
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(field)
    hasher.combine(kind)
  }
}

/// Where in the value a literal must stand.
enum LiteralAnchor: UInt8, Hashable, Sendable {
  case whole, prefix, suffix, anywhere
}
