/// A field of an event that can be searched (interface.md §5).
public enum EventField: String, Sendable, Hashable, CaseIterable {
  case id
  case ts
  case receivedAt = "received_at"
  case sourceType = "source_type"
  case eventID = "event_id"
  case severity
  case srcIP = "src_ip"
  case srcPort = "src_port"
  case dstIP = "dst_ip"
  case dstPort = "dst_port"
  case proto = "protocol"
  case host
  case user
  case process
  case action
  case outcome
  case message

  /// What values a field has, and so what can be asked of it.
  public enum Kind: Sendable, Hashable {
    /// Compared as it is, letter case included.
    case text
    /// Searched for parts, whatever the case of ASCII letters.
    case message
    case integer(ClosedRange<Int32>)
    case address
    case time
    case identifier
  }

  public var kind: Kind {
    switch self {
    case .id: .identifier
    case .ts, .receivedAt: .time
    case .severity: .integer(0...10)
    case .srcPort, .dstPort: .integer(0...65535)
    case .srcIP, .dstIP: .address
    case .message: .message
    case .sourceType, .eventID, .proto, .host, .user, .process, .action, .outcome: .text
    }
  }

  /// The field of one of Harrier's names or of the Elastic Common Schema's.
  public init?(name: String) {
    guard let field = EventField(rawValue: name) ?? Self.commonSchema[name] else { return nil }
    self = field
  }

  /// The names of the Elastic Common Schema.
  public static let commonSchema: [String: EventField] = [
    "@timestamp": .ts,
    "event.id": .id,
    "event.ingested": .receivedAt,
    "event.module": .sourceType,
    "event.dataset": .sourceType,
    "event.code": .eventID,
    "event.severity": .severity,
    "event.action": .action,
    "event.outcome": .outcome,
    "source.ip": .srcIP,
    "source.port": .srcPort,
    "destination.ip": .dstIP,
    "destination.port": .dstPort,
    "network.transport": .proto,
    "network.protocol": .proto,
    "host.name": .host,
    "user.name": .user,
    "process.name": .process,
  ]

  /// The field's names in the Elastic Common Schema, sorted.
  public var aliases: [String] {
    Self.commonSchema.filter { $0.value == self }.map(\.key).sorted()
  }

  /// Harrier's names with commas between them, for messages.
  static let knownNames = allCases.map(\.rawValue).joined(separator: ", ")
}
