import Core
import EventScanner
import Normalization
import Testing

/// Events that are mapped already.
struct MappedEventTests {
  let text = #"""
    {"event_id":"x:1","logsources":[[null,"Windows",null],["process_creation","windows","sysmon"]],
    "fields":{"Image":"C:\\a.exe","source.ip":"1.2.3.4","List":["a","b"],"Empty":"","Null":null,
    "EventID":1,"UtcTime":"2026-11-21 05:30:00.260","A B":"c"}}
    """#

  func load(_ text: String) throws -> EventFields? {
    var loader = MappedEvent()
    var tape = JSONTape()
    let bytes = Array(text.utf8)
    try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
    var fields = EventFields()
    return loader.load(bytes.span.bytes, tape: tape, into: &fields) ? fields : nil
  }

  @Test func fieldsAndLogSourcesAreTakenAsTheyAre() throws {
    let fields = try #require(try load(text))
    #expect(fields.value(named: "Image") == #"C:\a.exe"#)
    #expect(fields.value(named: "src_ip") == "1.2.3.4")
    #expect(fields.value(named: "Empty") == "")
    #expect(fields.value(named: "EventID") == "1")
    #expect(fields.value(named: "A B") == "c")
    #expect(fields.first(named: "Null")?.kind == .null)
    #expect(fields.entries.filter { fields.name(of: $0) == "List" }.count == 2)
    #expect(
      fields.logSources.sources == [
        LogSource(product: "windows"),
        LogSource(category: "process_creation", product: "windows", service: "sysmon"),
      ])
  }

  @Test(arguments: [
    "{}", #"{"logsources":[]}"#, #"{"logsources":{},"fields":{}}"#, #"{"fields":{}}"#,
  ])
  func anotherFormIsNotTaken(_ text: String) throws {
    #expect(try load(text) == nil)
  }

  @Test func equalSetsAreOne() throws {
    var loader = MappedEvent()
    var tape = JSONTape()
    let bytes = Array(text.utf8)
    try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
    var first = EventFields()
    var second = EventFields()
    let loaded =
      loader.load(bytes.span.bytes, tape: tape, into: &first)
      && loader.load(bytes.span.bytes, tape: tape, into: &second)
    #expect(loaded)
    #expect(first.logSources === second.logSources)
  }

  @Test func anIngestedOneGetsItsColumns() throws {
    let event = try normalize(text)
    #expect(event.columns.ts == time("2026-11-21T05:30:00.26Z"))
    #expect(event.columns.sourceType == "windows.sysmon")
    #expect(event.columns.process == "a.exe")
    #expect(event.columns.eventID == "1")
    #expect(event.logSourceTexts.count == 2)
    #expect(event.fields.value(named: "A B") == "c")
    #expect(event.senderEventID == nil)
  }
}
