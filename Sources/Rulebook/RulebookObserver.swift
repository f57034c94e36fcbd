public import Core

/// Is told what a rulebook does; for metrics and logs.
public protocol RulebookObserver: Sendable {
  /// Other rules are in force for an organization on this node.
  func changed(_ rules: CompiledRules)
  /// The rules could not be read; those that were known stay in force.
  ///
  /// - Parameter organization: Nil for a look at several.
  func failed(_ error: any Error, organization: OrganizationID?)
}

/// Listens to nothing.
public struct SilentRulebookObserver: RulebookObserver {
  public init() {}
  public func changed(_ rules: CompiledRules) {}
  public func failed(_ error: any Error, organization: OrganizationID?) {}
}
