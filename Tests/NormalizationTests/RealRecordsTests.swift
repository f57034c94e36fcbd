import Core
import EventScanner
import Normalization
import Testing

/// Real records of each source: all are recognised, none is refused, and their columns are filled.
@Suite(.enabled(if: SharedData.isPresent, "shared data is absent"))
struct RealRecordsTests {
  struct Tally {
    var records = 0
    var withTime = 0
    var withSource = 0
    var withDestination = 0
    var withUser = 0
    var types: [String: Int] = [:]
    var actions: [String: Int] = [:]
    var senderIDs: Set<String> = []

    mutating func add(_ event: NormalizedEvent) {
      records += 1
      if event.columns.ts != nil { withTime += 1 }
      if event.columns.srcIP != nil { withSource += 1 }
      if event.columns.dstIP != nil { withDestination += 1 }
      if event.columns.user != nil { withUser += 1 }
      types[event.columns.sourceType, default: 0] += 1
      actions[event.columns.eventID ?? "-", default: 0] += 1
      if let id = event.senderEventID { senderIDs.insert(id) }
    }
  }

  func tally(json path: String) throws -> Tally {
    var tally = Tally()
    var normalizer = Normalizer()
    for line in try SharedData.lines(path) { tally.add(try normalize(line, with: &normalizer)) }
    return tally
  }

  func tally(text path: String, hint: String? = nil) throws -> Tally {
    var tally = Tally()
    var normalizer = Normalizer()
    var event = NormalizedEvent()
    for line in try SharedData.lines(path) {
      try normalizer.normalizeText(
        line.span.bytes, sourceTypeHint: hint, receivedAt: received, into: &event)
      tally.add(event)
    }
    return tally
  }

  @Test func suricata() throws {
    let alerts = try tally(json: "events/suricata-eve-alerts.jsonl.gz")
    #expect(alerts.types == ["suricata": 549])
    #expect(alerts.withTime == 549 && alerts.withSource == 549 && alerts.withDestination == 549)
    let all = try tally(json: "wire/suricata_eve.jsonl")
    #expect(all.types.keys.sorted() == ["suricata"])
    #expect(all.withTime == all.records)
    #expect(all.actions.keys.contains("9000001") && all.actions.keys.contains("dns"))
  }

  @Test func openSSH() throws {
    let lines = try tally(text: "events/loghub-OpenSSH-2k.log.gz")
    #expect(lines.types == ["linux.sshd": 2000])
    #expect(lines.withTime == 2000)
    // Every line but those of PAM's session, of preauth without an address, and of the end of one.
    #expect(lines.withSource >= 1600)
    #expect(lines.actions["login_failed"] == 522 + 2)
    #expect(lines.actions["login_succeeded"] == 1)
    #expect((lines.actions["-"] ?? 0) < 160)
  }

  @Test func apache() throws {
    let lines = try tally(text: "events/apache-combined-10k.log.gz", hint: "apache")
    #expect(lines.types == ["apache": 10000])
    #expect(lines.withTime == 10000 && lines.withSource == 10000)
  }

  @Test func zeek() throws {
    let zed = try tally(json: "events/zeek-zed-sample.jsonl.gz")
    #expect(zed.records == 25565 && zed.withTime >= 25000)
    #expect(zed.types.keys.allSatisfy { $0.hasPrefix("zeek.") })
    #expect(zed.types["zeek.dns"] == 3000)
    let mordor = try tally(json: "events/zeek-apt29-mordor.jsonl.gz")
    // The list of loaded scripts has no time.
    #expect(mordor.withTime == mordor.records - 2880)
    #expect(mordor.types["zeek.conn"] == 1785)
  }

  @Test func cloudTrail() throws {
    let records = try tally(json: "events/cloudtrail-invictus-raw.jsonl.gz")
    #expect(records.types == ["aws.cloudtrail": 2900])
    #expect(records.withTime == 2900 && records.withUser >= 2800)
    #expect(records.senderIDs.count == 2900)
  }

  @Test func laurel() throws {
    let records = try tally(json: "wire/laurel_audit.jsonl")
    #expect(records.types == ["linux.auditd": records.records])
    #expect(records.withTime == records.records && records.withSource == 1)
  }

  @Test func windows() throws {
    var tally = Tally()
    var normalizer = Normalizer()
    let lines = try SharedData.lines("events/mordor-windows-80k.jsonl.gz")
    for index in stride(from: 0, to: lines.count, by: 10) {
      tally.add(try normalize(lines[index], with: &normalizer))
    }
    #expect(tally.records == 8000)
    #expect(tally.types.keys.allSatisfy { $0.hasPrefix("windows") })
    #expect((tally.types["windows.sysmon"] ?? 0) > 5000)
  }
}
