/// Other names of Harrier's columns.
///
/// Normalization writes a field once, under the canonical name, and the rule compiler asks for the
/// canonical name of each field that a rule names. So a rule may say `source.ip` or `src_ip`, whatever
/// the sensor said. The aliases are the names of the Elastic Common Schema whose meaning is exactly
/// that of a column; a name that is not here is its own canonical name.
public enum FieldAliases {
  /// Alias → canonical name.
  public static let table: [String: String] = [
    "@timestamp": "ts",
    "source.ip": "src_ip",
    "source.port": "src_port",
    "destination.ip": "dst_ip",
    "destination.port": "dst_port",
    "network.transport": "protocol",
    "host.name": "host",
    "user.name": "user",
    "process.name": "process",
    "event.action": "action",
    "event.outcome": "outcome",
    "event.code": "event_id",
    "event.dataset": "source_type",
  ]

  public static func canonical(_ name: String) -> String {
    table[name] ?? name
  }
}
