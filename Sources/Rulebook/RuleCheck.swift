public import RuleStore
public import Sigma

/// What would become of documents if they were stored for an organization.
public struct RuleCheck: Sendable {
  /// What can be read, each ready to be stored.
  public let documents: [RuleDocument]
  /// What is wrong with the documents, with the line in the text that was given.
  public let refusals: [RuleRefusal]
  /// What of the other rules would no longer run.
  public let breaks: [RuleRefusal]
}

/// A change to the rules of an organization that is asked about before it is made.
public enum RuleEdit: Sendable {
  case setMode(String, RuleMode)
  /// Ends the organization's own document of that id; one of the installation's comes back.
  case delete(String)
}
