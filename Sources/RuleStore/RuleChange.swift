/// What became of a rule by a change.
public struct RuleChange: Hashable, Sendable {
  /// The change's own revision; the organization's effective one where nothing had to change.
  public var revision: Int64
  /// The rule as the organization has it now; nil where it has none of that id any more.
  public var record: RuleRecord?
}

/// What became of several rules by one change.
public struct RuleChanges: Hashable, Sendable {
  /// The change's own revision; the organization's effective one where nothing had to change.
  public var revision: Int64
  /// The rules as the organization has them now, in the order of the documents.
  public var records: [RuleRecord]
}

/// What publishing the installation's rules changed.
public struct RulePublication: Hashable, Sendable {
  /// The change's own revision; the installation's last one where nothing had to change.
  public var revision: Int64
  public var added = 0
  public var changed = 0
  public var removed = 0

  public var isEmpty: Bool { added + changed + removed == 0 }
}
