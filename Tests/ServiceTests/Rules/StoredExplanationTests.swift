import Correlation
import Testing

@testable import Service

@Suite struct StoredExplanationTests {
  @Test func groupAndThreshold() {
    let stored = StoredExplanation(
      #"{"threshold":"gte 3","timespan_seconds":90,"group":{"src_ip":"192.0.2.1","ü":"a\"b"}}"#)
    #expect(stored.threshold == "gte 3")
    #expect(stored.timespanSeconds == 90)
    #expect(
      stored.group == [
        GroupValue(name: "src_ip", value: "192.0.2.1"), GroupValue(name: "ü", value: "a\"b"),
      ])
  }

  @Test(arguments: ["", "{}", "[]", #"{"threshold":null,"group":"x"}"#, "nonsense"])
  func whatIsNotThereIsLeftOut(_ text: String) {
    let stored = StoredExplanation(text)
    #expect(stored.threshold == nil)
    #expect(stored.group.isEmpty)
    #expect(stored.timespanSeconds == 0)
  }
}
