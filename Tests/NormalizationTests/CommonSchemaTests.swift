import Core
import Normalization
import Testing

/// The Elastic Common Schema, and the aliases by which it and Harrier's names are one.
struct CommonSchemaTests {
  static let nested = #"""
    {"@timestamp":"2026-11-21T05:30:00Z","source":{"ip":"203.0.113.7","port":4022},
    "destination":{"ip":"10.0.0.5","port":22},"network":{"transport":"TCP"},
    "host":{"name":"web-1"},"user":{"name":"root"},"process":{"name":"sshd"},
    "event":{"action":"ssh_login","outcome":"failure","code":"x1","id":"abc","dataset":"system.auth"},
    "message":"hello"}
    """#
  static let dotted = #"""
    {"@timestamp":"2026-11-21T05:30:00Z","source.ip":"203.0.113.7","source.port":4022,
    "destination.ip":"10.0.0.5","destination.port":22,"network.transport":"TCP",
    "host.name":"web-1","user.name":"root","process.name":"sshd","event.action":"ssh_login",
    "event.outcome":"failure","event.code":"x1","event.id":"abc","event.dataset":"system.auth",
    "message":"hello"}
    """#

  @Test(arguments: [nested, dotted])
  func nestedAndDottedAreOne(_ text: String) throws {
    let event = try normalize(text)
    let columns = event.columns
    #expect(columns.ts == time("2026-11-21T05:30:00Z"))
    #expect(columns.srcIP == IPAddress("203.0.113.7"))
    #expect(columns.srcPort == 4022)
    #expect(columns.dstIP == IPAddress("10.0.0.5"))
    #expect(columns.dstPort == 22)
    #expect(columns.proto == "tcp")
    #expect(columns.host == "web-1")
    #expect(columns.user == "root")
    #expect(columns.process == "sshd")
    #expect(columns.action == "ssh_login")
    #expect(columns.outcome == "failure")
    #expect(columns.eventID == "x1")
    #expect(columns.message == "hello")
    #expect(columns.sourceType == "system.auth")
    #expect(event.senderEventID == "abc")
  }

  @Test(arguments: [nested, dotted])
  func fieldsHaveTheCanonicalNameOnce(_ text: String) throws {
    let event = try normalize(text)
    let names = event.fields.entries.map { event.fields.name(of: $0) }
    #expect(names.filter { $0 == "src_ip" }.count == 1)
    #expect(names.count == Set(names).count)
    for alias in FieldAliases.table.keys { #expect(!names.contains(alias)) }
    #expect(event.fields.value(named: FieldAliases.canonical("source.ip")) == "203.0.113.7")
    #expect(event.fields.value(named: FieldAliases.canonical("process.name")) == "sshd")
  }

  @Test func aDatasetNamesTheLogSources() throws {
    let event = try normalize(#"{"event":{"dataset":"nginx.access"},"message":"hello"}"#)
    #expect(event.columns.sourceType == "nginx.access")
    #expect(
      event.fields.logSources.sources == [LogSource(category: "webserver", service: "nginx")])
    #expect(event.fields.value(named: FieldAliases.canonical("event.dataset")) == "nginx.access")
  }

  /// What is given, what the record says itself and what its message shows go before it.
  @Test func aDatasetIsTheLastToBeAsked() throws {
    let own = try normalize(#"{"source_type":"mine","event.dataset":"system.auth"}"#)
    #expect(own.columns.sourceType == "mine")
    let line = try normalize(
      #"""
      {"event.dataset":"system.auth","process.name":"sshd",
      "message":"Failed password for invalid user admin from 203.0.113.7 port 4022 ssh2"}
      """#)
    #expect(line.columns.sourceType == "linux.sshd")
    for none in [#"{"event":{"dataset":""}}"#, #"{"event":{"dataset":7}}"#, "{}"] {
      #expect(try normalize(none).columns.sourceType == "unknown")
    }
  }

  @Test func aliasesAreNotChained() {
    for name in FieldAliases.table.values { #expect(FieldAliases.canonical(name) == name) }
    #expect(FieldAliases.canonical("CommandLine") == "CommandLine")
  }

  @Test func aVendorsAddressThatIsNoneOnlyLeavesTheColumnEmpty() throws {
    let event = try normalize(#"{"client.ip":"somewhere","host":{"hostname":"h"}}"#)
    #expect(event.columns.srcIP == nil)
    #expect(event.columns.host == "h")
    #expect(event.fields.value(named: "client.ip") == "somewhere")
  }

  @Test func rsyslogsRecordOfAnSSHDMessageIsRead() throws {
    let event = try normalize(
      #"""
      {"@timestamp":"2026-11-21T05:30:35.703711+00:00","host.name":"vm","process.name":"sshd",
      "message":"Failed password for invalid user admin from 203.0.113.7 port 4022 ssh2"}
      """#)
    #expect(event.columns.sourceType == "linux.sshd")
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.user == "admin")
    #expect(event.columns.outcome == "failure")
    #expect(event.columns.host == "vm")
  }
}
