/// The messages of network devices, which start with a mark of their own behind whatever header the
/// device writes.
enum DeviceLine {
  /// `cisco` for `%FACILITY-SEVERITY-MNEMONIC:` (Cisco IOS, ASA, NX-OS), `huawei` for `%%01MODULE/4/NAME`,
  /// `juniper` for its routing daemon; nil for anything else.
  static func sourceType(_ message: ArraySlice<UInt8>) -> String? {
    guard let mark = message.prefix(96).firstIndex(of: UInt8(ascii: "%")) else {
      return message.starts(with: "bgp_") || message.starts(with: "RPD_") ? "juniper" : nil
    }
    let rest = message[(mark + 1)...]
    if rest.starts(with: "%01") { return "huawei" }
    let name = rest.prefix(64).prefix { !($0 == UInt8(ascii: ":") || $0 <= 0x20) }
    let parts = name.split(separator: UInt8(ascii: "-"))
    guard parts.count >= 3, name.endIndex < rest.endIndex,
      rest[name.endIndex] == UInt8(ascii: ":"),
      parts.contains(where: {
        $0.count == 1 && $0.first.map { $0 &- UInt8(ascii: "0") < 8 } == true
      }),
      name.allSatisfy(isUpper)
    else { return nil }
    return "cisco"
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "A") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }
}
