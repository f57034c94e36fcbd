internal import HTTPTypes

/// Field names that HTTPTypes doesn't know. Each is a constant token, so it is always valid.
extension HTTPField.Name {
  static let requestID = Self("X-Request-ID")!
  static let responseTime = Self("X-Response-Time")!
  static let databaseQueries = Self("X-DB-Queries")!
  static let serverTiming = Self("Server-Timing")!
  static let apiKey = Self("X-API-Key")!
  static let frameOptions = Self("X-Frame-Options")!
  static let referrerPolicy = Self("Referrer-Policy")!
}
