/// What went wrong with incidents in the store.
public struct IncidentStoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The lease belongs to another owner, or to a later epoch.
    case leaseLost = "lease_lost"
    /// A stored value is none that this version knows.
    case unknownValue = "unknown_value"
    /// A change that the state of an incident forbids.
    case notAllowed = "not_allowed"
    /// An action names an incident that is not there.
    case missingIncident = "missing_incident"
    /// A search text without a word.
    case noWords = "no_words"
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
