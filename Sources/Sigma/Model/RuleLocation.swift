/// Where a rule stands: a file, as it was given to the loader, and the line of its first key, from 1.
public struct RuleLocation: Hashable, Sendable {
  public var file: String
  public var line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

extension RuleLocation: CustomStringConvertible {
  public var description: String { "\(file):\(line)" }
}
