/// The tenant that owns a row, a rule, a key or an incident. It always comes from a credential.
public struct OrganizationID: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension OrganizationID: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
