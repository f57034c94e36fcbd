public import Core

/// One thing that was done, or tried. It names the action and the object, and holds nothing of what was
/// sent.
public struct AuditEntry: Hashable, Sendable {
  public enum Outcome: String, CaseIterable, Sendable {
    case done
    /// The caller was told why not.
    case refused
    /// Something broke on our side.
    case failed
  }

  public struct Object: Hashable, Sendable {
    /// Such as `incidents`.
    public var type: String
    /// Nil where it has none yet, or several things are meant.
    public var id: String?

    public init(type: String, id: String? = nil) {
      self.type = type
      self.id = id
    }
  }

  public var at: Timestamp
  public var organization: OrganizationID
  /// `user:7`, `key:0k3v…`, `command` for who has the database's own credentials, or `nobody`.
  public var actor: String
  public var session: SessionID?
  public var address: IPAddress?
  /// The endpoint's `operationId`.
  public var action: String
  public var object: Object?
  public var outcome: Outcome
  /// Of the answer.
  public var status: Int
  public var requestID: String

  public init(
    at: Timestamp, organization: OrganizationID, actor: String, session: SessionID?,
    address: IPAddress?, action: String, object: Object?, outcome: Outcome, status: Int,
    requestID: String
  ) {
    self.at = at
    self.organization = organization
    self.actor = actor
    self.session = session
    self.address = address
    self.action = action
    self.object = object
    self.outcome = outcome
    self.status = status
    self.requestID = requestID
  }
}
