import Core
import Testing

@testable import IncidentBundle

@Suite struct BundleTests {
  /// Two entries that follow each other, and one behind a gap.
  private static let journal: [JournalLine] = {
    let first = entry(3, previous: Array(repeating: 7, count: 32))
    let second = entry(4, previous: first.hash)
    let last = entry(9, previous: Array(repeating: 9, count: 32))
    return [first, second, last]
  }()

  private static func entry(_ sequence: Int64, previous: [UInt8]) -> JournalLine {
    func line(_ hash: [UInt8]) -> JournalLine {
      JournalLine(
        sequence: sequence, incident: "0190f5a0-0000-8000-8000-000000000001",
        at: Timestamp(microseconds: 1_790_000_000_000_000 + sequence), actor: "user:1\u{1}\"é",
        action: "commented", detail: #"{"comment": "it's \"odd\""}"#, previous: previous, hash: hash
      )
    }
    return line(line([]).expectedHash(organization: 12))
  }

  private static func file(_ lines: [JournalLine] = journal) -> [UInt8] {
    IncidentBundle.bytes(
      organization: OrganizationID(12), madeAt: Timestamp(microseconds: 1_790_000_000_000_000)
    ) { part in
      switch part {
      case .incident:
        Array(#"{"id":"0190f5a0-0000-8000-8000-000000000001","number":"INC-7","title":"ü"}"#.utf8)
      case .explanation, .limits: Array("{}".utf8)
      case .journal:
        JSONWriter.array { json in
          for line in lines {
            json.object { json in
              json.member("sequence", line.sequence)
              json.member("incident_id", line.incident)
              json.member("at", line.at)
              json.member("actor", line.actor)
              json.member("action", line.action)
              json.member("detail", json: line.detail.utf8)
              json.member("previous_hash", Digest.hexText(line.previous))
              json.member("hash", Digest.hexText(line.hash))
            }
          }
        }
      default: Array(#"[{"raw":{"a":1}}]"#.utf8)
      }
    }
  }

  @Test func aBundleThatNobodyTouchedIsWhole() {
    let report = IncidentBundle.check(Self.file())
    #expect(report.faults == [])
    #expect(report.incident == "INC-7" && report.journalEntries == 3)
    #expect(report.journalHash == Digest.hexText(Self.journal[2].hash))
  }

  @Test func everyChangedByteIsFound() {
    let file = Self.file()
    for place in file.indices {
      var changed = file
      changed[place] ^= 1
      #expect(!IncidentBundle.check(changed).faults.isEmpty, "byte \(place)")
    }
    #expect(!IncidentBundle.check(file + [10]).faults.isEmpty)
    #expect(!IncidentBundle.check(Array(file.dropLast())).faults.isEmpty)
    #expect(!IncidentBundle.check([]).faults.isEmpty)
  }

  /// Somebody who makes all checksums anew still cannot change an entry, nor take one out that another
  /// follows.
  @Test func newChecksumsDoNotHideAChangedJournal() {
    var lines = Self.journal
    lines[1] = JournalLine(
      sequence: 4, incident: lines[1].incident, at: lines[1].at, actor: "eve", action: "commented",
      detail: lines[1].detail, previous: lines[1].previous, hash: lines[1].hash)
    #expect(
      IncidentBundle.check(Self.file(lines)).faults
        == ["entry 4 of the journal does not say what its hash covers"])
    let unchained = Self.entry(4, previous: Array(repeating: 1, count: 32))
    #expect(
      IncidentBundle.check(Self.file([Self.journal[0], unchained])).faults
        == ["entry 4 of the journal is not chained to the entry before it"])
    #expect(
      IncidentBundle.check(Self.file(Self.journal.reversed())).faults
        .contains("entry 3 of the journal stands behind entry 4"))
  }

  @Test func textForPeopleIsSealed() {
    let file = IncidentBundle.sealed(markdown: "# INC-7\n\nOdd.\n")
    #expect(IncidentBundle.check(file).faults == [])
    for place in file.indices {
      var changed = file
      changed[place] ^= 1
      #expect(!IncidentBundle.check(changed).faults.isEmpty, "byte \(place)")
    }
  }

  @Test func whatIsNoBundleIsSaidToBeNone() {
    for text in ["{}", "{", "{\"format\":\"other\"}", "null", "{\"format\":3}"] {
      #expect(!IncidentBundle.check(Array(text.utf8)).faults.isEmpty)
    }
  }
}

extension JSONWriter {
  fileprivate static func array(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.array { body(&$0) }
    return writer.utf8
  }
}
