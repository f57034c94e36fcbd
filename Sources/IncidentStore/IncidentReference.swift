public import Core
public import Correlation
public import Postgres

/// An incident as people name it, and what the caller has seen of it.
public struct IncidentReference: Sendable, Hashable {
  public enum Name: Sendable, Hashable {
    case id(IncidentID)
    /// Of `INC-7`.
    case number(Int64)

    /// Reads an id, or a number such as `INC-7`.
    public init?(_ text: String) {
      if text.hasPrefix("INC-") {
        let digits = text.dropFirst(4)
        guard (1...18).contains(digits.utf8.count), digits.utf8.first != UInt8(ascii: "0"),
          digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
          let number = Int64(digits)
        else { return nil }
        self = .number(number)
      } else {
        guard let id = IncidentID(text) else { return nil }
        self = .id(id)
      }
    }
  }

  public let name: Name
  /// The revision that it must still have; nil takes any.
  public let revision: Int32?

  public init(_ name: Name, revision: Int32? = nil) {
    self.name = name
    self.revision = revision
  }

  /// Nil where a number is none of the organization's. An id may be none, too.
  public func id(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> IncidentID? {
    switch name {
    case .id(let id): return id
    case .number(let number):
      return try connection.query(
        Self.findID, [.int4(organization.rawValue), .int8(number)]
      ) { IncidentQueries.id(try $0.uuid(0)) }.first
    }
  }

  private static let findID = PostgresStatement(
    "incidents.id_of_number",
    """
    select id
    from incidents
    where organization_id = $1 and number = $2
    """)
}
