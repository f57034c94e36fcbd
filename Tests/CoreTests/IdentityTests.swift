import Testing

@testable import Core

@Suite struct IdentityTests {
  @Test func eventIDCarriesItsMillisecond() throws {
    let timestamp = try #require(Timestamp("2026-11-21T05:30:00.260999Z"))
    let id = EventID(timestamp: timestamp, entropy: (.max, .max))
    #expect(id.timestamp.description == "2026-11-21T05:30:00.260000Z")
    let text = id.description
    #expect(text.count == 36)
    #expect(Array(text)[14] == "8")
    #expect("89ab".contains(Array(text)[19]))
    #expect(EventID(text) == id)
    #expect(EventID(text.uppercased()) == id)
  }

  @Test func eventIDBefore1970KeepsItsTime() throws {
    let timestamp = try #require(Timestamp("1601-01-01T00:00:00.001Z"))
    #expect(EventID(timestamp: timestamp, entropy: (1, 2)).timestamp == timestamp)
  }

  @Test(arguments: [
    "", "019e", "019e0000-0000-8000-8000-00000000000g", "019e0000-0000-8000-8000-0000000000001",
    "019e00000000-8000-8000-800000000000-", "{19e0000-0000-8000-8000-000000000000",
  ])
  func eventIDRefuses(text: String) {
    #expect(EventID(text) == nil)
  }

  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7"), ("::", "::"), ("::1", "::1"), ("2001:DB8::1", "2001:db8::1"),
    ("fe80::1%eth0", "fe80::1"), ("::ffff:10.0.0.1", "10.0.0.1"),
    ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
  ])
  func addressReads(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4%eth0", ":::", "1::2::3", "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "127.~.0.1", "::1%",
  ])
  func addressRefuses(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func blocksHoldTheirAddresses() throws {
    let block = try #require(CIDRBlock("172.16.0.0/12"))
    #expect(block.contains(try #require(IPAddress("172.31.255.255"))))
    #expect(!block.contains(try #require(IPAddress("172.32.0.0"))))
    #expect(!block.contains(try #require(IPAddress("::1"))))
    #expect(try #require(CIDRBlock("0.0.0.0/0")).contains(try #require(IPAddress("8.8.8.8"))))
    #expect(try #require(CIDRBlock("fe80::/10")).contains(try #require(IPAddress("fe80::1%eth0"))))
    #expect(CIDRBlock("10.0.0.0/33") == nil)
  }

  @Test func aRuleAppliesWhereEveryAttributeItSetsIsTheEvents() {
    let event = LogSourceSet([
      LogSource(product: "windows"),
      LogSource(category: "process_creation", product: "windows", service: "sysmon"),
    ])
    #expect(event.contains(matching: LogSource(category: "process_creation", product: "windows")))
    #expect(event.contains(matching: LogSource()))
    #expect(!event.contains(matching: LogSource(product: "linux")))
  }

  @Test func fieldsKeepNullApartFromEmptyAndAbsent() {
    var fields = EventFields()
    fields.append(name: "a", value: "")
    fields.append(name: "b", value: "ignored", kind: .null)
    #expect(fields.value(named: "a") == "")
    #expect(fields.first(named: "b")?.kind == .null)
    #expect(fields.value(named: "b") == nil)
    #expect(fields.first(named: "c") == nil)
    fields.removeAll()
    #expect(fields.first(named: "a") == nil)
  }
}
