internal import Testing

/// A matcher that lets everything pass would keep every promise.
@Suite("What scenario files may expect")
struct JSONMatcherTests {
  @Test(arguments: [
    (#"{"a":1,"b":[1,{"c":null}]}"#, #"{"b":[1,{"c":null}]}"#),
    (#"{"a":"INC-7"}"#, #"{"a":{"$matches":"^INC-[0-9]+$"}}"#),
    (#"{"a":[1,2,3]}"#, #"{"a":{"$contains":2}}"#),
    (#"{"a":[{"b":1,"c":2}]}"#, #"{"a":{"$contains":{"b":1}}}"#),
    (#"{"a":"long text"}"#, #"{"a":{"$contains":"text"}}"#),
    (#"{"a":[]}"#, #"{"a":{"$length":0},"b":{"$absent":true}}"#),
    (#"{"a":3}"#, #"{"a":{"$least":3}}"#),
    (#"{"a":true}"#, #"{"a":{"$type":"boolean"}}"#),
    (#"{"a":1}"#, #"{"a":{"$not":2}}"#),
  ])
  func passes(found: String, expected: String) throws {
    #expect(try differences(found, expected) == [])
  }

  @Test(arguments: [
    (#"{"a":1}"#, #"{"a":2}"#), (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":1}"#, #"{"a":"1"}"#),
    (#"{"a":1}"#, #"{"a":true}"#), (#"{"a":[1,2]}"#, #"{"a":[1]}"#), (#"{"a":[1]}"#, #"{"a":[2]}"#),
    (#"{"a":null}"#, #"{"a":{"$absent":true}}"#), (#"{}"#, #"{"a":null}"#),
    (#"{"a":"x"}"#, #"{"a":{"$matches":"^y"}}"#), (#"{"a":1}"#, #"{"a":{"$matches":"1"}}"#),
    (#"{"a":[1]}"#, #"{"a":{"$contains":2}}"#), (#"{"a":[1]}"#, #"{"a":{"$length":2}}"#),
    (#"{"a":1}"#, #"{"a":{"$not":1}}"#), (#"{"a":1}"#, #"{"a":{"$least":2}}"#),
    (#"{"a":1}"#, #"{"a":{"$unknown":1}}"#), (#"[]"#, #"{"a":1}"#),
  ])
  func fails(found: String, expected: String) throws {
    #expect(try differences(found, expected) != [])
  }

  private func differences(_ found: String, _ expected: String) throws -> [String] {
    JSONMatcher.differences(
      try JSONValue(parsing: Array(found.utf8)), from: try JSONValue(parsing: Array(expected.utf8)))
  }
}
