internal import Core

/// Programs that write Windows events, or events in their form, and are products of their own.
extension WindowsTables {
  struct Product: Sendable {
    let sources: [LogSource]
    let sourceType: String
    /// By event id, the log sources that it has besides.
    var categories: [Int: [LogSource]] = [:]
    /// Second names of fields: (new name, the record's name).
    var copies: [(name: String, from: String)] = []
  }

  /// By service of the channel.
  static let otherProducts: [String: Product] = [
    // Sysmon for Linux (github.com/Sysinternals/SysmonForLinux).
    "linux-sysmon": Product(
      sources: [LogSource(product: "linux"), LogSource(product: "linux", service: "sysmon")],
      sourceType: "linux.sysmon",
      categories: [
        1: category("process_creation"), 3: category("network_connection"),
        5: category("process_termination"), 9: category("raw_access_thread"),
        11: category("file_event"), 23: category("file_delete"),
      ]),
    // Zero Networks' RPC Firewall (github.com/zeronetworks/rpcfirewall).
    "rpcfw": Product(
      sources: [
        LogSource(product: "windows"), LogSource(category: "application", product: "rpc_firewall"),
      ],
      sourceType: "windows.rpc_firewall", copies: [("EventLog", "Channel")]),
  ]

  private static func category(_ name: String) -> [LogSource] {
    [LogSource(category: name, product: "linux", service: "sysmon")]
  }

  /// What Sysmon's event of that number is, on any system.
  static func sysmonAction(_ eventID: Int) -> String? {
    categories.last { $0.service == "sysmon" && $0.eventID == eventID }?.name
  }
}
