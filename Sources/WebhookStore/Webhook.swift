public import Core

/// Whom an organization tells of its incidents, without the secret.
public struct Webhook: Sendable, Equatable {
  /// How a message is written.
  public enum Format: String, CaseIterable, Sendable {
    case generic, slack, pagerduty, teams
  }

  /// How many an organization may have.
  public static let most = 50

  public let id: WebhookID
  public let name: String
  public let url: String
  public let format: Format
  /// What is told; empty for all.
  public let actions: [String]
  public let minimumSeverity: IncidentSeverity
  public let isEnabled: Bool
  /// `gone` where the target answered 410.
  public let disabledReason: String?
  /// Failed attempts since the last success.
  public let failures: Int32
  public let createdBy: String
  public let createdAt: Timestamp
  public let updatedAt: Timestamp
}

/// A webhook to be made.
public struct NewWebhook: Sendable {
  public var id: WebhookID
  public var name: String
  public var url: String
  public var sealedSecret: [UInt8]
  public var format: Webhook.Format
  public var actions: [String]
  public var minimumSeverity: IncidentSeverity
  public var isEnabled: Bool
  public var createdBy: String

  public init(
    id: WebhookID, name: String, url: String, sealedSecret: [UInt8], format: Webhook.Format,
    actions: [String], minimumSeverity: IncidentSeverity, isEnabled: Bool, createdBy: String
  ) {
    self.id = id
    self.name = name
    self.url = url
    self.sealedSecret = sealedSecret
    self.format = format
    self.actions = actions
    self.minimumSeverity = minimumSeverity
    self.isEnabled = isEnabled
    self.createdBy = createdBy
  }
}

/// What is to be changed; nil leaves it.
public struct WebhookChange: Sendable {
  public var name: String?
  public var url: String?
  public var sealedSecret: [UInt8]?
  public var format: Webhook.Format?
  public var actions: [String]?
  public var minimumSeverity: IncidentSeverity?
  public var isEnabled: Bool?

  public init() {}
}
