internal import Core

/// An API key as the database has it.
struct KeyRecord: Sendable {
  var organization: OrganizationID
  var digest: [UInt8]
  var scopes: ScopeSet
  var tier: RateTier
  var expires: Timestamp?
  var revoked: Timestamp?
}
