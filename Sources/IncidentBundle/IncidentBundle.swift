public import Core
internal import Crypto

/// An incident as one file that can be checked without Harrier's database.
///
/// The file is one JSON object: `format`, `organization_id`, `made_at`, `parts`, `checksums` with the
/// SHA-256 of the bytes of each part, and last `sha256`, that of every byte before it. The entries of the
/// journal carry the hash that they are chained to, since others' entries lie between them: what an entry
/// says can be checked by itself, and that none was taken out where two follow each other.
///
/// Checksums find what was changed by mistake or by somebody who could not make new ones. Who can make
/// all of them anew cannot make the hashes of the organization's journal: compare the last of them with
/// what `harrier incidents verify --org` prints.
public enum IncidentBundle {
  public static let format = "harrier.incident-bundle.1"
  /// The largest file that is checked, in bytes.
  public static let maximumBytes = 256 << 20

  /// In the order in which they are written.
  public enum Part: String, CaseIterable, Sendable {
    case incident, merged, explanation, evidence, detections, comments, journal, limits
  }

  /// - Parameter parts: JSON, one for each part.
  public static func bytes(
    organization: OrganizationID, madeAt: Timestamp, _ parts: (Part) -> [UInt8]
  ) -> [UInt8] {
    var checksums: [(Part, String)] = []
    var file = Array(
      """
      {"format":"\(format)","organization_id":\(organization),"made_at":"\(madeAt)",
      "parts":{
      """.utf8)
    for part in Part.allCases {
      let json = parts(part)
      if !checksums.isEmpty { file += Array(",\n".utf8) }
      file += Array("\"\(part.rawValue)\":".utf8)
      file += json
      checksums.append((part, Digest.hex(json)))
    }
    file += Array("},\n\"checksums\":{".utf8)
    file += Array(checksums.map { "\"\($0.0.rawValue)\":\"\($0.1)\"" }.joined(separator: ",").utf8)
    file += Array("},\n".utf8)
    file += ending(of: file[...])
    return file
  }

  /// The same for people: text with its checksum in the last line.
  public static func sealed(markdown: String) -> [UInt8] {
    let text = Array(markdown.utf8)
    return text + Array("\(markdownSeal)\(Digest.hex(text))\n".utf8)
  }

  static let markdownSeal = "SHA-256 of all lines above: "

  static func ending(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array("\"sha256\":\"\(Digest.hex(bytes))\"}\n".utf8)
  }

  static let endingLength = "\"sha256\":\"\"}\n".utf8.count + 64
}

enum Digest {
  static func hex(_ bytes: some Collection<UInt8>) -> String { hexText(sha256(bytes)) }

  static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(bytes))
    return Array(hash.finalize())
  }

  static func hexText(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func bytes(hex text: String) -> [UInt8]? {
    let digits = text.utf8.map { digit -> UInt8? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
