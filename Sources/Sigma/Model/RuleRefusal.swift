/// One rule that will not run, and why. A rule is refused rather than run otherwise than written.
public struct RuleRefusal: Error, Hashable, Sendable {
  public var file: String
  /// The line at fault, from 1.
  public var line: Int
  /// The rule's id, else its name or title; nil where the file is no rule at all.
  public var rule: String?
  public var code: SigmaError.Code
  public var reason: String

  public init(file: String, line: Int, rule: String?, code: SigmaError.Code, reason: String) {
    self.file = file
    self.line = line
    self.rule = rule
    self.code = code
    self.reason = reason
  }

  public init(_ error: SigmaError, at location: RuleLocation, rule: String?) {
    self.init(
      file: location.file, line: error.line ?? location.line, rule: rule, code: error.code,
      reason: error.message)
  }
}

extension RuleRefusal: CustomStringConvertible {
  public var description: String {
    "\(file):\(line): \(rule.map { "\($0): " } ?? "")\(reason)"
  }
}
