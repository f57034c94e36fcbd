/// Why a part of the harness could not do its work; the text is for the reader of a failed test.
public struct HarnessError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
