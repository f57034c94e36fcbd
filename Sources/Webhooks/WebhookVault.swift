public import Core
public import WebhookStore

/// Seals the secrets of webhooks for the database, and opens them again. Each is bound to its webhook,
/// so that one cannot be put in another's place.
public struct WebhookVault: Sendable {
  public let seal: @Sendable ([UInt8], OrganizationID, WebhookID) throws -> [UInt8]
  public let open: @Sendable ([UInt8], OrganizationID, WebhookID) throws -> [UInt8]

  public init(
    seal: @escaping @Sendable ([UInt8], OrganizationID, WebhookID) throws -> [UInt8],
    open: @escaping @Sendable ([UInt8], OrganizationID, WebhookID) throws -> [UInt8]
  ) {
    self.seal = seal
    self.open = open
  }
}
