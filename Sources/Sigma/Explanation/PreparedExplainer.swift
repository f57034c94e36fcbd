public import Core

/// A rule made ready to explain its matches while events are taken in.
///
/// It says what ``RuleExplainer`` says, byte for byte, reading only the fields that the rule names and
/// writing JSON at once. Regular expressions look as far into a value as the matcher's do. Names of fields
/// are equal if their bytes are.
public final class PreparedExplainer: Sendable {
  /// A part of a search in preorder.
  struct Node: Sendable {
    enum Kind: Sendable {
      case all, any
      /// By its index.
      case item(Int32)
    }

    var kind: Kind
    /// Behind the last node under it.
    var end: Int32
  }

  struct SearchPlan: Sendable {
    var node: Int32
    /// In `blob`: `{"name":"…","holds":`.
    var head: Range<Int32>
  }

  struct ItemPlan: Sendable {
    /// In `blob`, the event's name for it; nil for keywords.
    var field: Range<Int32>?
    var values: Range<Int32>
    /// In `blob`: `{"field":"…","modifiers":[…],"pattern":`.
    var head: Range<Int32>
    var requiresAll: Bool
    var isNegated: Bool
  }

  struct ValuePlan: Sendable {
    var tests: Range<Int32>
    /// In `blob`, a JSON string.
    var pattern: Range<Int32>
  }

  /// A predicate; what has no fixed size is in `blob` or in an array of its own.
  enum Test: Sendable {
    /// Folded unless it is cased.
    case literal(Range<Int32>, LiteralAnchor, isCased: Bool)
    /// Any value that is not null.
    case present
    case glob(Int32)
    case regex(Int32)
    case null
    case exists(Bool)
    case cidr(Int32)
    case compare(ComparisonOperator, Number)
    case datePart(DatePart, ComparisonOperator, Number)
    case field(Range<Int32>, LiteralAnchor, isCased: Bool)
  }

  let searches: [SearchPlan]
  let nodes: [Node]
  let items: [ItemPlan]
  let values: [ValuePlan]
  let tests: [Test]
  let globs: [GlobPattern]
  let regexes: [CompiledRegex]
  let networks: [CIDRBlock]
  let blob: [UInt8]
  /// In `blob`: `{"rule":"…","condition":"…","searches":[`.
  let head: Range<Int32>

  /// - Parameter aliases: rule field → event field, as the matcher has them.
  public init(_ rule: Rule, aliases: [String: String] = [:]) {
    var builder = ExplainerBuilder(aliases: aliases)
    builder.add(rule)
    searches = builder.searches
    nodes = builder.nodes
    items = builder.items
    values = builder.values
    tests = builder.tests
    globs = builder.globs
    regexes = builder.regexes
    networks = builder.networks
    blob = builder.blob.bytes
    head = builder.head
  }

  /// What holds of the rule for this event, whether or not the rule matches: `MatchExplanation.json`.
  ///
  /// - Parameter scratch: it has read the event.
  public func json(
    of event: borrowing EventFields, scratch: inout ExplanationScratch
  ) -> [UInt8] {
    scratch.output.removeAll()
    scratch.output.append(blob, head)
    for index in searches.indices {
      let search = searches[index]
      if index > 0 { scratch.output.append(UInt8(ascii: ",")) }
      scratch.output.append(blob, search.head)
      scratch.findings.removeAll(keepingCapacity: true)
      if holds(Int(search.node), event, &scratch) {
        scratch.output.append(#"true,"fields":["#)
        for index in scratch.findings.indices { write(index, event, &scratch) }
        scratch.output.append("]}")
      } else {
        scratch.output.append(#"false,"fields":[]}"#)
      }
    }
    scratch.output.append("]}")
    return scratch.output.bytes
  }

  private func write(
    _ index: Int, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) {
    let finding = scratch.findings[index]
    if index > 0 { scratch.output.append(UInt8(ascii: ",")) }
    scratch.output.append(blob, items[finding.item].head)
    if let value = finding.value {
      scratch.output.append(blob, values[value].pattern)
    } else {
      scratch.output.append(#""""#)
    }
    scratch.output.append(#","value":"#)
    if let shown = finding.shown {
      let source = scratch.source(of: shown, event)
      scratch.output.appendString(source.span.extracting(shown.original))
    } else {
      scratch.output.append("null")
    }
    scratch.output.append(UInt8(ascii: "}"))
  }
}

extension Range<Int32> {
  /// The same to index an array by.
  @inline(__always)
  var wide: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
