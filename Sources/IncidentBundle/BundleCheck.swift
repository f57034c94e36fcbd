internal import Core
internal import EventScanner

/// What a check of a bundle found.
public struct BundleReport: Sendable, Equatable {
  /// In one sentence each; empty where the bundle is as it was made.
  public var faults: [String] = []
  /// `INC-1042`, where it can be read.
  public var incident: String?
  public var journalEntries = 0
  /// The hash of the last entry of the journal, in hexadecimal.
  public var journalHash: String?
}

extension IncidentBundle {
  /// Checks a file that `bytes(organization:madeAt:_:)` or `sealed(markdown:)` made.
  public static func check(_ file: [UInt8]) -> BundleReport {
    var report = BundleReport()
    guard file.count <= maximumBytes else {
      report.faults.append("the file is larger than \(maximumBytes) bytes")
      return report
    }
    guard file.first == UInt8(ascii: "{") else {
      checkMarkdown(file, &report)
      return report
    }
    let end = file.count - endingLength
    if end < 0 || Array(file[end...]) != ending(of: file[..<end]) {
      report.faults.append("the file is not the one that was made: its SHA-256 differs")
    }
    do {
      try BundleReader(file).check(&report)
    } catch let fault as BundleFault {
      report.faults.append(fault.text)
    } catch {
      report.faults.append("the file is no bundle: it is not JSON")
    }
    return report
  }

  private static func checkMarkdown(_ file: [UInt8], _ report: inout BundleReport) {
    let length = markdownSeal.utf8.count + 65
    let end = file.count - length
    guard end > 0,
      Array(file[end...]) == Array("\(markdownSeal)\(Digest.hex(file[..<end]))\n".utf8)
    else {
      report.faults.append("the file is not the one that was made: its SHA-256 differs")
      return
    }
  }
}

struct BundleFault: Error {
  let text: String

  init(_ text: String) {
    self.text = text
  }
}

/// Reads a bundle's JSON by the bytes that its checksums cover.
private struct BundleReader {
  private static let limits = ScanLimits(
    maxDepth: 200, maxLeaves: 20_000_000, maxRecordBytes: IncidentBundle.maximumBytes)

  private let bytes: [UInt8]
  private let tape: JSONTape

  init(_ bytes: [UInt8]) throws {
    var tape = JSONTape()
    try JSONScanner(limits: Self.limits).scanRecord(bytes.span.bytes, into: &tape)
    self.bytes = bytes
    self.tape = tape
  }

  func check(_ report: inout BundleReport) throws {
    guard try string(in: 0, "format") == IncidentBundle.format else {
      throw BundleFault("the file is of another format than \(IncidentBundle.format)")
    }
    let (parts, checksums) = (try member(0, "parts"), try member(0, "checksums"))
    for part in IncidentBundle.Part.allCases {
      let value = bytes[tape.nodes[try member(parts, part.rawValue)].value]
      if try string(in: checksums, part.rawValue) != Digest.hex(value) {
        report.faults.append("the part \(part.rawValue) is not the one that was made")
      }
    }
    let incident = try member(parts, "incident")
    report.incident = try string(in: incident, "number")
    try checkJournal(
      try member(parts, "journal"), of: try string(in: incident, "id"), &report)
  }

  private func checkJournal(
    _ journal: Int, of incident: String, _ report: inout BundleReport
  ) throws {
    let organization = try int(in: 0, "organization_id")
    var before: JournalLine?
    for node in elements(journal) {
      let line = try self.line(node)
      report.journalEntries += 1
      report.journalHash = Digest.hexText(line.hash)
      let name = "entry \(line.sequence) of the journal"
      if line.incident != incident { report.faults.append("\(name) is another incident's") }
      if line.expectedHash(organization: organization) != line.hash {
        report.faults.append("\(name) does not say what its hash covers")
      }
      if let before {
        if line.sequence <= before.sequence {
          report.faults.append("\(name) stands behind entry \(before.sequence)")
        } else if line.sequence == before.sequence + 1, line.previous != before.hash {
          report.faults.append("\(name) is not chained to the entry before it")
        }
      }
      before = line
      if report.faults.count >= 20 { throw BundleFault("there are more faults than are shown") }
    }
  }

  private func line(_ node: Int) throws -> JournalLine {
    guard let at = Timestamp(try string(in: node, "at")),
      let previous = Digest.bytes(hex: try string(in: node, "previous_hash")),
      let hash = Digest.bytes(hex: try string(in: node, "hash"))
    else { throw BundleFault("an entry of the journal cannot be read") }
    let detail = bytes[tape.nodes[try member(node, "detail")].value]
    return JournalLine(
      sequence: try int(in: node, "sequence"), incident: try string(in: node, "incident_id"),
      at: at, actor: try string(in: node, "actor"), action: try string(in: node, "action"),
      detail: String(decoding: detail, as: UTF8.self), previous: previous, hash: hash)
  }

  // MARK: JSON

  private func elements(_ node: Int) -> [Int] {
    var found: [Int] = []
    var child = node + 1
    while child < tape.nodes[node].end {
      found.append(child)
      child = tape.nodes[child].end
    }
    return found
  }

  private func member(_ node: Int, _ name: String) throws -> Int {
    let wanted = Array(name.utf8)
    if tape.nodes[node].kind == .object {
      for child in elements(node) where bytes[tape.nodes[child].key].elementsEqual(wanted) {
        return child
      }
    }
    throw BundleFault("the file is no bundle: it lacks \(name)")
  }

  private func string(in node: Int, _ name: String) throws -> String {
    let child = try member(node, name)
    guard tape.nodes[child].kind == .string else { throw BundleFault("\(name) is no text") }
    return tape.string(at: child, in: bytes.span.bytes)
  }

  private func int(in node: Int, _ name: String) throws -> Int64 {
    guard let value = tape.int64(at: try member(node, name), in: bytes.span.bytes) else {
      throw BundleFault("\(name) is no whole number")
    }
    return value
  }
}
