import Sigma
import Testing

/// What the specification says of values (rules specification 2.1, "Detection"), from YAML to match.
@Suite struct ValueSpecificationTests {
  /// "Escape Character": each row is a value as it stands in the file within single quotes, and texts.
  @Test(arguments: [
    (#"a\b"#, #"a\b"#, true), (#"a\\b"#, #"a\b"#, true), (#"a\\b"#, #"a\\b"#, false),
    (#"a\*b"#, "a*b", true), (#"a\*b"#, "axb", false), (#"a\?b"#, "a?b", true),
    (#"a\?b"#, "axb", false), (#"a\\*b"#, #"a\xyb"#, true), (#"a\\*b"#, #"a\b"#, true),
    (#"a\\*b"#, "a*b", false), (#"a\\?b"#, #"a\xb"#, true), (#"a\\?b"#, #"a\b"#, false),
    (#"a\\\*b"#, #"a\*b"#, true), (#"a\\\*b"#, #"a\xb"#, false), (#"a\\\?b"#, #"a\?b"#, true),
    (#"a\\\b"#, #"a\\b"#, true), (#"a\\\\b"#, #"a\\b"#, true), (#"a\\\\b"#, #"a\b"#, false),
    (#"a\\\\*b"#, #"a\\xb"#, true), (#"a\\\\?b"#, #"a\\xb"#, true), (#"a\"#, #"a\"#, true),
    (#"a\\"#, #"a\"#, true), (#"a\\\"#, #"a\\"#, true), (#"\*"#, "*", true), (#"\*"#, "x", false),
    (#"\\*"#, #"\anything"#, true), (#"\\*"#, "anything", false), ("prog?.exe", "progA.exe", true),
    ("prog?.exe", "prog.exe", false), ("prog?.exe", "progAB.exe", false),
    ("a_V*.exe", "a_V21.2.1.exe", true), ("a_V*.exe", "A_v.EXE", true), ("?", "é", true),
    ("??", "é", false), ("*", "", true), ("?*", "", false), ("a**b", "ab", true),
  ])
  func escapes(value: String, text: String, expected: Bool) throws {
    #expect(try fires(line("F", "'\(value)'"), on: ["F": text]) == expected)
  }

  /// A wildcard within a value that a modifier anchors is a wildcard still; an escaped one is none.
  @Test(arguments: [
    ("F|contains", #"a*b"#, "xaYYbx", true), ("F|contains", #"a\*b"#, "xa*bx", true),
    ("F|contains", #"a\*b"#, "xaYbx", false), ("F|endswith", #"\\*.exe"#, #"C:\a.exe"#, true),
    ("F|endswith", #"\*"#, "abc*", true), ("F|endswith", #"\*"#, "abc", false),
    ("F|startswith", #"\\\\srv\"#, #"\\srv\share"#, true), ("F|startswith", #"\\*"#, #"\x"#, true),
    ("F|contains", #"\\"#, #"a\b"#, true), ("F|endswith", #"\"#, #"C:\"#, true),
    ("F|contains", #"\?"#, "why?", true), ("F|contains", #"\?"#, "why", false),
    ("F|cased", #"A\*b"#, "A*b", true), ("F|cased|contains", "A?c", "xAbcx", true),
    ("F|contains|cased", "A*C", "xabcx", false), ("F|startswith|cased", "Ab", "Abc", true),
    ("F|endswith|cased", "bC", "abc", false),
  ])
  func escapesBesideModifiers(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try fires(line(key, "'\(value)'"), on: ["F": text]) == expected)
  }

  /// "All values are treated as case-insensitive strings", numbers and booleans too.
  @Test(arguments: [
    ("4625", "4625", true), ("4625", "04625", false), ("'4625'", "4625", true),
    ("1.50", "1.5", false), ("-1", "-1", true), ("true", "TRUE", true), ("'true'", "true", true),
    ("false", "0", false), ("'Value'", "vALUE", true), ("\"tab\\t\"", "tab\t", true),
    ("'it''s'", "it's", true), ("0x17", "0x17", true), ("2026-11-21", "2026-11-21", true),
    ("12:30", "12:30", true), ("yes", "yes", true), ("'null'", "null", true),
    ("\"C:\\\\x\"", "C:\\x", true), ("|-\n    a\n    b", "a\nb", true),
  ])
  func scalars(value: String, text: String, expected: Bool) throws {
    #expect(try fires(line("F", value), on: ["F": text]) == expected)
  }

  /// "Special Field Values" and "Field Existence": null, empty and absent are three things.
  @Test(arguments: [
    ("F", "null", [false, true, false, true]), ("F", "~", [false, true, false, true]),
    ("F", "''", [true, false, false, false]), ("F", "'*'", [true, false, true, false]),
    ("F|contains", "''", [true, false, true, false]),
    ("F|contains", "'*'", [true, false, true, false]),
    ("F|exists", "true", [true, true, true, false]),
    ("F|exists", "false", [false, false, false, true]), ("F", "x", [false, false, true, false]),
    ("F|neq", "x", [true, true, false, true]), ("F|neq", "null", [true, false, true, false]),
    ("F|neq", "''", [false, true, true, true]), ("F|re", "'^$'", [true, false, false, false]),
    ("F|startswith", "''", [true, false, true, false]),
    ("F", "['', null]", [true, true, false, true]),
  ])
  func absence(key: String, value: String, expected: [Bool]) throws {
    let detection = line(key, value)
    #expect(try fires(detection, on: ["F": "", "G": "g"]) == expected[0])
    #expect(try fires(detection, on: ["F": nil, "G": "g"]) == expected[1])
    #expect(try fires(detection, on: ["F": "x", "G": "g"]) == expected[2])
    #expect(try fires(detection, on: ["G": "g"]) == expected[3])
  }

  @Test func aNegationHoldsForWhatIsAbsent() throws {
    let rule = "a:\n  F: x\nb:\n  G|contains: y\ncondition: a and not b"
    #expect(try fires(rule, on: ["F": "x"]))
    #expect(try fires(rule, on: ["F": "x", "G": nil]))
    #expect(try !fires(rule, on: ["F": "x", "G": "xyz"]))
  }

  /// An array's elements: one that fits is enough, and `all` may find each value in another one.
  @Test func fieldsWithSeveralValues() throws {
    #expect(try fires(line("F", "b"), on: ["F": "a", "F": "b"]))
    #expect(try fires(line("F|contains|all", "[a, b]"), on: ["F": "xa", "F": "xb"]))
    #expect(try !fires(line("F|neq", "b"), on: ["F": "a", "F": "b"]))
    #expect(try fires(line("F", "null"), on: ["F": "a", "F": nil]))
    #expect(try fires(line("F|gt", "5"), on: ["F": "1", "F": "9"]))
    #expect(try !fires("a:\n  F: b\ncondition: not a", on: ["F": "a", "F": "b"]))
    #expect(try fires(line("F|fieldref", "G"), on: ["F": "a", "F": "b", "G": "c", "G": "b"]))
  }

  @Test(arguments: [
    "source.ip", "New Value", "event-id", "#text", "a/b", "@timestamp", "Ünïcode", "user.name#0",
    "a:b", "0", "trailing_", "a.b.c.d",
  ])
  func fieldNames(name: String) throws {
    #expect(try fires(line("'\(name)|contains'", "v"), on: [name: "xvx"]))
    #expect(try !fires(line("'\(name)|contains'", "v"), on: ["other": "xvx"]))
    #expect(try fires(line("F|fieldref", "'\(name)'"), on: ["F": "v", name: "v"]))
  }

  @Test func listsAndMaps() throws {
    let or = "selection:\n  - A: x\n    B: y\n  - C: z\ncondition: selection"
    #expect(try fires(or, on: ["A": "x", "B": "y"]))
    #expect(try !fires(or, on: ["A": "x", "B": "n"]))
    #expect(try fires(or, on: ["C": "z"]))
    let nested = "selection:\n  - - A: x\n    - B: y\n  - C: z\ncondition: selection"
    #expect(try fires(nested, on: ["B": "y"]))
    let mixed = "selection:\n  - word\n  - C: z\ncondition: selection"
    #expect(try fires(mixed, on: ["Any": "a word here"]))
    #expect(try fires(mixed, on: ["C": "z"]))
    #expect(try !fires(mixed, on: ["C": "y"]))
  }

  /// "Keywords search": anywhere in the event, with wildcards, `|all`, and as expressions.
  @Test func keywords() throws {
    let any = "k:\n  - 'event::clear'\n  - 'x*y'\n  - 4625\ncondition: k"
    #expect(try fires(any, on: ["A": "say EVENT::CLEAR now"]))
    #expect(try fires(any, on: ["A": "x--y"]))
    #expect(try fires(any, on: ["A": "id 4625."]))
    #expect(try !fires(any, on: ["event::clear": "x"]))
    let all = "k:\n  '|all':\n    - 'one'\n    - 't?o'\ncondition: k"
    #expect(try fires(all, on: ["A": "one", "B": "the two"]))
    #expect(try !fires(all, on: ["A": "one"]))
    let regex = "k:\n  '|re': 'a[0-9]+b'\ncondition: k"
    #expect(try fires(regex, on: ["A": "-a12b-"]))
    #expect(try !fires(regex, on: ["A": "-A12b-"]))
    #expect(try fires("k:\n  '|re|i': 'a[0-9]+b'\ncondition: k", on: ["A": "-A12b-"]))
    #expect(try fires("k:\n  '|contains|all': [a, b]\ncondition: k", on: ["A": "b", "B": "a"]))
    #expect(try fires("k: lonely\ncondition: k", on: ["A": "a lonely one"]))
    #expect(try fires("k:\n  '|cased': Ab\ncondition: k", on: ["A": "xAbx"]))
    #expect(try !fires("k:\n  '|cased': Ab\ncondition: k", on: ["A": "xabx"]))
    #expect(try fires("k:\n  - 'a\\*b'\ncondition: k", on: ["A": "-a*b-"]))
  }
}
