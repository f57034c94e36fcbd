public import Sigma
internal import SigmaYAML

/// What an exception asks of the event's fields: one search of a rule, as JSON.
public struct ExceptionMatch: Sendable {
  public let detection: Detection

  /// Comparisons that one may ask for.
  public static let maximumWeight = 1_000
  public static let maximumBytes = 16_384

  /// - Throws: `SigmaError`: what is wrong with it and how to mend it.
  public init(_ json: String) throws(SigmaError) {
    var limits = RuleLoaderLimits()
    limits.bytesPerFile = Self.maximumBytes
    detection = try RuleLoader(limits: limits).search(json: json, limit: Self.maximumWeight)
  }
}
