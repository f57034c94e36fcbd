internal import Core

/// An entry of the journal as a bundle carries it.
struct JournalLine {
  let sequence: Int64
  let incident: String
  let at: Timestamp
  let actor: String
  let action: String
  /// JSON, as PostgreSQL writes `jsonb`.
  let detail: String
  let previous: [UInt8]
  let hash: [UInt8]

  /// What its hash must be (`incident_journal_append`).
  func expectedHash(organization: Int64) -> [UInt8] {
    Digest.sha256(previous + Array(text(organization: organization).utf8))
  }

  /// The text that the hash covers: `incident_journal_text`, an object of `jsonb`, whose members stand
  /// in the order of the length of their names, and of equal length in that of their bytes.
  private func text(organization: Int64) -> String {
    """
    {"at": \(at.microseconds), "actor": \(Self.quoted(actor)), "action": \(Self.quoted(action)), \
    "detail": \(detail), "sequence": \(sequence), "incident_id": \(Self.quoted(incident)), \
    "organization_id": \(organization)}
    """
  }

  /// A string as PostgreSQL writes it in JSON.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x08: bytes += Array("\\b".utf8)
      case 0x0C: bytes += Array("\\f".utf8)
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += Array(("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }
}
