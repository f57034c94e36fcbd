import Access
import ArgumentParser
import Correlation
import IncidentBundle
import IncidentStore
import Postgres

extension IncidentsCommand {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a file that `export` made, or an organization's whole journal.",
      discussion: """
        Exits 1 and says what is wrong where something was changed. A file is checked without a
        database; the journal is read from the database (--org).
        """)
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The organization whose journal is checked.")
    var org: String?
    @Argument(help: "A file that `harrier incidents export` made.")
    var bundle: String?

    func run() async throws {
      switch (bundle, org) {
      case (let path?, nil): try verify(file: path)
      case (nil, let slug?): try await verify(organization: slug)
      default: throw CommandError(.usage, "name a file, or an organization by --org")
      }
    }

    private func verify(file path: String) throws {
      let report = IncidentBundle.check(
        try FileText.bytes(path, limit: IncidentBundle.maximumBytes))
      let row = FileRow(
        ok: report.faults.isEmpty, incident: report.incident, journalEntries: report.journalEntries,
        journalHash: report.journalHash, faults: report.faults)
      guard report.faults.isEmpty else {
        if output.json { try output.print(row, text: "") }
        throw CommandError(.found, "\(path): " + report.faults.joined(separator: "\n  "))
      }
      var text = "ok\t\(report.incident ?? path)"
      if let hash = report.journalHash {
        text += "\t\(report.journalEntries) journal entries, the last with hash \(hash)"
      }
      try output.print(row, text: text)
    }

    private func verify(organization slug: String) async throws {
      let organization = try await options.withAdministration { administration in
        try await administration.required(slug).id
      }
      let report = try await options.withPool { pool in
        try await pool.withConnection { connection in
          try IncidentJournal.verify(organization, on: connection)
        }
      }
      let hash = report.hash.map { byte in
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0\(digits)" : digits
      }.joined()
      let row = JournalRow(
        ok: report.fault == nil, entries: report.entries, hash: hash,
        fault: report.fault.map {
          JournalRow.Fault(
            sequence: $0.sequence, kind: $0.kind.rawValue, incident: $0.incident?.description)
        })
      guard let fault = report.fault else {
        try output.print(row, text: "ok\t\(report.entries) entries, the last with hash \(hash)")
        return
      }
      if output.json { try output.print(row, text: "") }
      let incident = fault.incident.map { ", of incident \($0)" } ?? ""
      let what =
        switch fault.kind {
        case .changed: "was changed"
        case .missing: "is missing"
        case .end: "is not where the journal is said to end"
        }
      throw CommandError(
        .found, "the journal of \(slug) is broken: entry \(fault.sequence)\(incident) \(what)")
    }
  }
}

private struct FileRow: Encodable {
  var ok: Bool
  var incident: String?
  var journalEntries: Int
  var journalHash: String?
  var faults: [String]
}

private struct JournalRow: Encodable {
  struct Fault: Encodable {
    var sequence: Int64
    var kind: String
    var incident: String?
  }

  var ok: Bool
  var entries: Int64
  var hash: String
  var fault: Fault?
}
