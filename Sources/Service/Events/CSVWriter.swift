/// Rows of comma-separated values (RFC 4180).
enum CSVWriter {
  /// One row with its line break; nil is an empty cell.
  static func row(_ cells: [String?]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if let cell { append(cell, to: &bytes) }
    }
    bytes.append(contentsOf: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
    return bytes
  }

  private static func append(_ cell: String, to bytes: inout [UInt8]) {
    let utf8 = cell.utf8
    let isQuoted = utf8.contains { quoted.contains($0) }
    if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    // Spreadsheets take such a cell for a formula, and an event's text is its attacker's.
    if let first = utf8.first, formulas.contains(first) { bytes.append(UInt8(ascii: "'")) }
    for byte in utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    if isQuoted { bytes.append(UInt8(ascii: "\"")) }
  }

  private static let quoted = Array(",\"\r\n".utf8)
  private static let formulas = Array("=+-@\t\r".utf8)
}
