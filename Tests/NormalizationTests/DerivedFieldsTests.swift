import Core
import Normalization
import Testing

/// Columns are fields too, but words of our own making are kept apart from the record's.
struct DerivedFieldsTests {
  let suricata = #"""
    {"timestamp":"2026-11-21T05:30:00.260000+0000","flow_id":1,"event_type":"alert",
    "src_ip":"203.0.113.7","src_port":5,"dest_ip":"10.0.0.5","dest_port":80,"proto":"TCP",
    "alert":{"signature_id":9,"signature":"sig","severity":1,"action":"allowed"}}
    """#

  @Test func everyFilledColumnIsAField() throws {
    let event = try normalize(suricata)
    let wanted = [
      "source_type": "suricata", "event_id": "9", "severity": "9", "src_ip": "203.0.113.7",
      "src_port": "5", "dst_ip": "10.0.0.5", "dst_port": "80", "protocol": "tcp",
      "action": "allowed", "outcome": "success", "message": "sig",
    ]
    for (name, value) in wanted { #expect(event.fields.value(named: name) == value) }
  }

  @Test func theRecordsOwnFieldsComeFirst() throws {
    let event = try normalize(suricata)
    let own = event.fields.entries.prefix(event.fields.recordEntryCount)
      .map { event.fields.name(of: $0) }
    #expect(own.contains("src_ip") && own.contains("dest_ip") && own.contains("proto"))
    #expect(!own.contains("dst_ip") && !own.contains("message") && !own.contains("source_type"))
    let all = event.fields.entries.map { event.fields.name(of: $0) }
    #expect(all.filter { $0 == "src_ip" }.count == 1)
  }

  @Test func anAddressIsWrittenCanonically() throws {
    let event = try normalize(
      #"{"timestamp":"2026-11-21T05:30:00Z","event_type":"x","dest_ip":"2001:DB8:0:0:0:0:0:1"}"#)
    #expect(event.fields.value(named: "dst_ip") == "2001:db8::1")
  }
}
