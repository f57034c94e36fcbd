public import RuleStore
internal import Sigma

/// A rule as a list shows it: its record, and what only its text and the other rules say.
public struct RuleListing: Sendable {
  public let record: RuleRecord
  /// As written, such as `attack.t1110.001`; empty for what could not be read.
  public let tags: [String]
  /// Why it does not run; nil where it does, or is disabled.
  public let refusal: String?
}

extension CompiledRules {
  /// All that the organization sees, disabled ones too, by id in the order of its UTF-8.
  public var listings: [RuleListing] {
    let reasons = reasons
    let standing = set.view.base.keys.filter { set.view.own[$0] == nil }
    return (Array(set.view.own.keys) + standing)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { listing($0, reasons) }
  }

  /// One of them; nil where the organization has none of that id.
  public func listing(_ ruleID: String) -> RuleListing? {
    listing(ruleID, reasons)
  }

  private func listing(_ id: String, _ reasons: [String: String]) -> RuleListing? {
    guard let record = record(id) else { return nil }
    let tags = record.isBase ? base.parsed.tags[id] : set.view.ownTags[id]
    return RuleListing(record: record, tags: tags ?? [], refusal: reasons[id])
  }

  /// The first reason of each rule that is refused. An exception's is none of its rule's.
  private var reasons: [String: String] {
    let named = set.refusals.map { ($0.rule.flatMap { record($0)?.id } ?? $0.file, $0.reason) }
    return Dictionary(named) { first, _ in first }
  }
}
