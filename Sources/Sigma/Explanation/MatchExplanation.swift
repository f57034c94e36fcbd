internal import Core

/// Why a rule matched an event: which of its searches hold, and by which values of the event.
public struct MatchExplanation: Hashable, Sendable {
  /// One search of the rule.
  public struct Search: Hashable, Sendable {
    public var identifier: String
    public var holds: Bool
    /// What made it hold; empty where it does not.
    public var items: [Item]
  }

  /// One line of a search that holds.
  public struct Item: Hashable, Sendable {
    /// The rule's name for the field; nil for keywords.
    public var field: String?
    public var modifiers: [String]
    /// The rule's value that holds, as written.
    public var pattern: String
    /// The event's value, cut to `MatchExplanation.maximumValue` bytes; nil where the field is absent.
    public var value: String?
  }

  public static let maximumValue = 1024

  public var ruleID: String
  public var condition: String
  public var searches: [Search]

  /// `{"rule","condition","searches":[{"name","holds","fields":[{"field","modifiers","pattern",
  /// "value"}]}]}`, equal explanations as equal bytes. U+0000 becomes U+FFFD, which `jsonb` can hold.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("rule", Self.storable(ruleID))
      writer.member("condition", Self.storable(condition))
      writer.array("searches") { writer in
        for search in searches { Self.write(search, to: &writer) }
      }
    }
    return writer.text
  }

  private static func write(_ search: Search, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", storable(search.identifier))
      writer.member("holds", search.holds)
      writer.array("fields") { writer in
        for item in search.items {
          writer.object { writer in
            writer.member("field", item.field.map(storable))
            writer.member("modifiers", item.modifiers)
            writer.member("pattern", storable(item.pattern))
            writer.member("value", item.value.map(storable))
          }
        }
      }
    }
  }

  private static func storable(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(text.map { $0 == "\u{0}" ? "\u{FFFD}" : $0 })
  }
}
