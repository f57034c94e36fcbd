import Core
import EventScanner
import Foundation
import Normalization
import Testing

/// A user's own mappings.
struct MappingFileTests {
  func catalog(_ text: String) throws -> MappingCatalog {
    try MappingCatalog(files: [MappingFile(name: "own.json", bytes: Array(text.utf8))])
  }

  func normalize(_ record: String, by mappings: String) throws -> NormalizedEvent {
    var normalizer = Normalizer(catalog: try catalog(mappings))
    return try NormalizationTests.normalize(Array(record.utf8), with: &normalizer)
  }

  static let example = #"""
    {"mappings":[{
      "source_type":"acme.proxy","names":["acme"],
      "recognize":{"all":["acme_version"],"any":["url","uri"],"values":{"kind":["access*"]}},
      "log_sources":[{"category":"Proxy"},{"category":"proxy","product":"acme"}],
      "columns":{
        "ts":"when","src_ip":["client.ip","peer"],"user":"who",
        "severity":{"from":"level","values":{"bad":7,"ok":1}},
        "process":{"from":"exe","as":"file_name"},
        "action":{"from":"kind","constant":"request"},
        "outcome":{"from":"verdict","values":{"Allowed":"success"}}},
      "fields":{"c-uri":["url","uri"],"c-useragent":"agent"},
      "renames":{"m":"cs-method"}}]}
    """#

  @Test func theExample() throws {
    let event = try normalize(
      #"""
      {"acme_version":1,"kind":"access_log","when":"2026-11-21T01:00:00Z","client":{"ip":"10.0.0.5"},
      "who":"bob","level":"BAD","exe":"/usr/bin/x","verdict":"allowed","url":"http://a/b","agent":"q",
      "m":"GET"}
      """#, by: Self.example)
    var expected = EventColumns()
    expected.ts = time("2026-11-21T01:00:00Z")
    expected.sourceType = "acme.proxy"
    expected.srcIP = IPAddress("10.0.0.5")
    expected.user = "bob"
    expected.severity = .high
    expected.process = "x"
    expected.action = "request"
    expected.outcome = "success"
    #expect(event.columns == expected)
    #expect(event.logSourceTexts == ["proxy/-/-", "proxy/acme/-"])
    #expect(event.fields.value(named: "c-uri") == "http://a/b")
    #expect(event.fields.value(named: "url") == "http://a/b")
    #expect(event.fields.value(named: "c-useragent") == "q")
    #expect(event.fields.value(named: "cs-method") == "GET")
    #expect(event.fields.value(named: "m") == nil)
  }

  @Test func anotherRecordIsNotTaken() throws {
    let event = try normalize(#"{"acme_version":1,"kind":"other","url":"x"}"#, by: Self.example)
    #expect(event.columns.sourceType == "unknown")
  }

  @Test func aUsersMappingGoesBeforeTheBuiltInOnes() throws {
    let event = try normalize(
      #"{"event_type":"alert","timestamp":"2026-11-21T01:00:00Z","src_ip":"1.1.1.1"}"#,
      by: #"{"mappings":[{"source_type":"mine","recognize":{"all":["event_type"]}}]}"#)
    #expect(event.columns.sourceType == "mine")
  }

  @Test func aBuiltInMappingIsExtendedInAllItsForms() throws {
    let mappings = #"""
      {"mappings":[{"extends":"kubernetes.audit","fields":{
      "hostPath":"requestObject.spec.volumes.hostPath.path"},"log_sources":[{"service":"mine"}]}]}
      """#
    let event = try normalize(
      #"""
      {"kind":"Event","verb":"create","objectRef":{"resource":"pods"},"requestObject":{"spec":{"volumes":[
      {"hostPath":{"path":"/a"}},{"hostPath":{"path":"/b"}}]}}}
      """#, by: mappings)
    #expect(event.columns.sourceType == "kubernetes.audit")
    #expect(event.columns.action == "create")
    #expect(event.recordFields["hostPath"] == "/a\n/b")
    #expect(event.logSourceTexts == ["application/kubernetes/audit", "-/-/mine"])
  }

  @Test func aUsersWindowsChannel() throws {
    let record = #"{"EventID":770,"Channel":"DNS Server","Computer":"dc"}"#
    #expect(try NormalizationTests.normalize(record).logSourceTexts == ["-/windows/-"])
    let event = try normalize(record, by: #"{"windows_channels":{"DNS Server":"dns-server"}}"#)
    #expect(event.columns.sourceType == "windows.dns-server")
    #expect(event.logSourceTexts == ["-/windows/-", "-/windows/dns-server"])
  }

  @Test(
    arguments: [
      ("[", "", "isn't JSON"), ("[]", "", "isn't JSON"), (#"{"mapping":[]}"#, "/mapping", "known"),
      (#"{"mappings":{}}"#, "/mappings", "array"), (#"{"mappings":[{}]}"#, "/mappings/0", "needs"),
      (#"{"mappings":[{"extends":"x"}]}"#, "/mappings/0/extends", "source type"),
      (#"{"mappings":[{"source_type":1,"recognize":{}}]}"#, "/mappings/0/source_type", "text"),
      (#"{"mappings":[{"source_type":"a","recognize":{}}]}"#, "/mappings/0/recognize", "every"),
      (#"{"mappings":[{"source_type":"a","recognize":[]}]}"#, "/mappings/0/recognize", "form"),
      (
        #"{"mappings":[{"source_type":"a","recognize":{"all":[]}}]}"#, "/mappings/0/recognize/all",
        "one"
      ),
      (
        #"{"mappings":[{"extends":"okta","columns":{"a/b":"x"}}]}"#, "/mappings/0/columns/a~1b",
        "column"
      ),
      (
        #"{"mappings":[{"extends":"okta","columns":{"severity":{"from":"a","values":{"x":11}}}}]}"#,
        "/mappings/0/columns/severity/values/x", "0 to 10"
      ),
      (
        #"{"mappings":[{"extends":"okta","columns":{"ts":{"from":"a","constant":"x"}}}]}"#,
        "/mappings/0/columns/ts/constant", "paths"
      ),
      (
        #"{"mappings":[{"extends":"okta","columns":{"user":{"from":"a","as":"x"}}}]}"#,
        "/mappings/0/columns/user/as", "lowercase"
      ),
      (
        #"{"mappings":[{"extends":"okta","columns":{"user":{"as":"x"}}}]}"#,
        "/mappings/0/columns/user", "from"
      ),
      (
        #"{"mappings":[{"extends":"windows","log_sources":[{"service":"x"}]}]}"#,
        "/mappings/0/log_sources", "depend"
      ),
      (
        #"{"mappings":[{"extends":"okta","log_sources":[{}]}]}"#, "/mappings/0/log_sources/0",
        "needs"
      ),
      (#"{"mappings":[{"extends":"okta","fields":{"a":[""]}}]}"#, "/mappings/0/fields/a/0", "text"),
      (#"{"mappings":[{"extends":"okta","names":"a","names":"b"}]}"#, "/mappings/0/names", "twice"),
      (#"{"windows_channels":{"a":1}}"#, "/windows_channels/a", "text"),
    ])
  func anErrorNamesThePlaceAndTheFix(_ text: String, _ pointer: String, _ says: String) throws {
    let error = try #require(throws: MappingFileError.self) { try catalog(text) }
    #expect(error.file == "own.json")
    #expect(error.pointer == pointer)
    #expect(error.message.contains(says), "\(error)")
  }

  @Test func tooManyNamesAreRefused() throws {
    let names = (0..<600).map { "\"n\($0)\"" }.joined(separator: ",")
    let error = try #require(throws: MappingFileError.self) {
      try catalog(
        #"{"mappings":[{"source_type":"a","recognize":{"any":[\#(names)]}}]}"#)
    }
    #expect(error.pointer == "/mappings/0")
  }

  @Test func aFileThatIsTooLargeIsRefused() throws {
    let bytes = [UInt8](repeating: 0x20, count: MappingFile.sizeLimit + 1)
    #expect(throws: MappingFileError.self) {
      try MappingCatalog(files: [MappingFile(name: "big.json", bytes: bytes)])
    }
  }

  @Test func theFilesToStartFromAreRight() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "ops/mappings")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    #expect(files.count >= 3)
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      _ = try MappingCatalog(files: [MappingFile(name: file.lastPathComponent, bytes: bytes)])
    }
  }
}
