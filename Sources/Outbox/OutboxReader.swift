public import Core

/// Who an ``OutboxFollower`` reads for.
public protocol OutboxReader: Sendable {
  /// Up to which message each organization that is followed has been handed over. Only those of
  /// `changed`, or all where it is nil.
  func positions(
    of changed: Set<OrganizationID>?
  ) -> [(organization: OrganizationID, position: Int64)]

  /// New messages, in order for each organization. Called by one task.
  func receive(_ messages: [OutboxMessage])

  /// A notification of one of the other channels.
  func heard(_ payload: String, on channel: String)
}
