import Core
import EventStore
import Ingestion
import Testing

@Suite struct IngestorTests {
  @Test(arguments: [
    ("[%@,%@]", "application/json"), (#"{"events":[%@,%@]}"#, "application/json"),
    ("%@\n%@\n", "application/x-ndjson"), ("%@%@", "application/json"),
  ])
  func everyFormOfABodyIsTaken(form: String, type: String) async throws {
    try await IngestionBench.run { bench in
      let parts = form.split(separator: "%@", omittingEmptySubsequences: false)
      let body = parts[0] + Sample.login(1) + parts[1] + Sample.login(2) + parts[2]
      let receipt = try await bench.ingest(String(body), type: type)
      #expect(receipt.received == 2)
      #expect(receipt.stored == 2)
      #expect(
        try await bench.number("select count(*) from events where src_ip = '203.0.113.7'") == 2)
    }
  }

  @Test func aBadRecordNeverFailsItsBatch() async throws {
    try await IngestionBench.run { bench in
      let lines = [
        Sample.login(1), #"{"cut"#, #"["not an object"]"#,
        #"{"ts":"1601-01-01T00:00:00Z","message":"old"}"#,
        #"{"ts":"9999-01-01T00:00:00Z","message":"future"}"#, #"{"dst_port":70000}"#,
        #"{"message":"lone \ud800 half"}"#, #"{"message":"nul \u0000 inside","action":"a\u0000b"}"#,
        String(repeating: #"{"a":"#, count: 100_000), Sample.login(2),
      ]
      let receipt = try await bench.ingest(
        lines.joined(separator: "\n"), type: "application/x-ndjson")
      #expect(receipt.received == 10)
      #expect(receipt.stored == 3)
      #expect(receipt.quarantined == 7)
      #expect(receipt.items.map(\.index) == [1, 2, 3, 4, 5, 6, 8])
      #expect(
        receipt.items.map(\.code) == [
          "unexpected_end", "not_an_object", "timestamp_out_of_range", "timestamp_out_of_range",
          "port_out_of_range", "lone_surrogate", "too_deep",
        ])
      #expect(try await bench.number("select count(*) from quarantine") == 7)
      #expect(
        try await bench.number(
          "select count(*) from quarantine where convert_from(raw, 'UTF8') = '{\"cut'") == 1)
      #expect(
        try await bench.number("select count(*) from events where action = 'a\u{FFFD}b'") == 1)
    }
  }

  @Test func aBodyThatIsNotWhatItClaimsIsRefusedWhole() async throws {
    try await IngestionBench.run { bench in
      for body in ["", "[", #"{"events":[{}"#, "true", #"[{"a":1},]"#, "\u{0}"] {
        await #expect {
          try await bench.ingest(body)
        } throws: { ($0 as? IngestError)?.code == .malformed }
      }
      let batches = try await bench.number("select count(*) from ingest_batches")
      #expect(batches == 0)
    }
  }

  @Test func aBatchKeyStoresOnceAlsoWithoutTimesOfItsOwn() async throws {
    try await IngestionBench.run { bench in
      let body = #"[{"message":"one"},{"message":"two"},{"src_ip":"nonsense"}]"#
      let first = try await bench.ingest(body, key: "k1")
      #expect(first.stored == 2)
      #expect(first.quarantined == 1)
      let second = try await bench.ingest(body, key: "k1")
      #expect(second.stored == 0)
      #expect(second.duplicates == 3)
      let other = try await bench.ingest(body, key: "k1", organization: 2)
      #expect(other.stored == 2)
      await #expect {
        try await bench.ingest(#"[{"message":"three"}]"#, key: "k1")
      } throws: { ($0 as? IngestError)?.code == .keyConflict }
      #expect(try await bench.number("select count(*) from events") == 4)
    }
  }

  @Test func eventsThatLookAlikeAreNotMerged() async throws {
    try await IngestionBench.run { bench in
      let line = Sample.login(1)
      let receipt = try await bench.ingest("[\(line),\(line)]")
      #expect(receipt.stored == 2)
    }
  }

  @Test func aSendersOwnIDIsKnownAgain() async throws {
    try await IngestionBench.run { bench in
      let body = """
        {"@timestamp":"2026-11-20T05:30:00Z","event":{"id":"a-1"},"source":{"ip":"10.0.0.1"}}
        """
      #expect(try await bench.ingest(body).stored == 1)
      let again = try await bench.ingest("[\(body),\(body)]")
      #expect(again.duplicates == 2)
      #expect(again.items.map(\.code) == ["duplicate", "duplicate"])
    }
  }

  @Test func detectionsCarryWhatTheirCorrelationsGroupBy() async throws {
    try await IngestionBench.run { bench in
      _ = try await bench.ingest("[\(Sample.login(1)),{\"message\":\"quiet\"}]")
      #expect(try await bench.number("select count(*) from detections") == 1)
      #expect(
        try await bench.number(
          "select count(*) from detections where fields = '{\"source.ip\":\"203.0.113.7\"}'") == 1)
    }
  }

  @Test func aRuleThatRaisesIncidentsSaysWhyItMatched() async throws {
    try await IngestionBench.run { bench in
      _ = try await bench.ingest(#"{"source_type":"suricata","message":"beacon","severity":9}"#)
      #expect(
        try await bench.number(
          """
          select count(*) from detections
          where rule_id like '3333%' and matched::text like '%beacon%'
          """) == 1)
    }
  }

  @Test func whatARecordBecomesIsCountedToo() async throws {
    var limits = IngestLimits()
    limits.memoryBytes = 2 << 20
    limits.hold = .zero
    try await IngestionBench.run(limits: limits) { bench in
      // 60 KB of records that take some 190 bytes each as rows: more than half of the budget.
      let body = String(repeating: "{}\n", count: 20_000)
      await #expect {
        _ = try await bench.ingest(body, type: "application/x-ndjson")
      } throws: { ($0 as? IngestError)?.code == .tooLarge }
      #expect(try await bench.number("select count(*) from events") == 0)
      #expect(bench.ingestor.budget.statistics.free == limits.memoryBytes)
      let small = try await bench.ingest("{}\n{}", type: "application/x-ndjson")
      #expect(small.stored == 2)
    }
  }

  @Test func manyBatchesAtOnceShareTheirCommits() async throws {
    try await IngestionBench.run { bench in
      try await withThrowingTaskGroup(of: IngestReceipt.self) { group in
        for batch in 0..<100 {
          group.addTask { try await bench.ingest(Sample.login(batch)) }
        }
        for try await receipt in group { #expect(receipt.stored == 1) }
      }
      #expect(try await bench.number("select count(*) from events") == 100)
      #expect(try await bench.number("select sum(head)::bigint from event_writers") < 100)
      #expect(try await bench.number("select count(*) from ingest_batches") == 100)
    }
  }

  @Test func tooManyRecordsAreRefusedWhole() async throws {
    var limits = IngestLimits()
    limits.batchRecords = 3
    try await IngestionBench.run(limits: limits) { bench in
      await #expect {
        try await bench.ingest("{}\n{}\n{}\n{}", type: "application/x-ndjson")
      } throws: { ($0 as? IngestError)?.code == .tooLarge }
    }
  }

  @Test func aDictionaryIsTrainedAndRecordsStayWhole() async throws {
    try await IngestionBench.run { bench in
      let now = Timestamp.now
      for batch in 0..<5 {
        let lines = (0..<1000).map { Sample.login(batch * 1000 + $0, ts: now) }
        _ = try await bench.ingest(lines.joined(separator: "\n"), type: "application/x-ndjson")
      }
      while bench.records.dictionaries.dictionary(for: "linux.sshd") == nil {
        try await Task.sleep(for: .milliseconds(20))
      }
      let last = Sample.login(9999, ts: now)
      _ = try await bench.ingest(last)
      let stored = try await bench.number("select min(length(raw))::bigint from events")
      #expect(stored < last.utf8.count / 2)
    }
  }
}
