import Testing

@testable import Sigma

@Suite struct ModifierTests {
  @Test(arguments: [
    ("F|contains", "b", "abc", true), ("F|contains", "B", "abc", true),
    ("F|contains", "d", "abc", false), ("F|contains", "", "", true),
    ("F|contains", "a*c", "xaYYcx", true), ("F|contains", "*b*", "abc", true),
    ("F|startswith", "ab", "ABC", true), ("F|startswith", "bc", "abc", false),
    ("F|startswith", "a", "abc", true), ("F|endswith", "bc", "abc", true),
    ("F|endswith", "ab", "abc", false), ("F|endswith", #"\cmd.exe"#, #"C:\CMD.EXE"#, true),
    ("F|endswith", "c", "abc", true), ("F|startswith", #"a\*"#, "a*b", true),
    ("F|contains", "é", "CAFÉ x", true), ("F|contains", "😀", "a😀b", true),
    ("F|contains", "ab", "a", false), ("F|contains", "x", "", false),
  ])
  func anchors(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try Judge.line(key, .text(value), on: text) == expected)
  }

  @Test(arguments: [
    ("F|cased", "Abc", "Abc", true), ("F|cased", "Abc", "abc", false),
    ("F|contains|cased", "B", "aBc", true), ("F|cased|contains", "B", "abc", false),
    ("F|endswith|cased", "É", "CAFÉ", true), ("F|endswith|cased", "É", "CAFé", false),
    ("F|startswith|cased", "a?C", "aéCx", true),
  ])
  func cased(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try Judge.line(key, .text(value), on: text) == expected)
  }

  @Test func existsAsksForPresenceOnly() throws {
    for (isThere, value, expected) in [
      (true, "x", true), (true, "", true), (false, "x", false), (true, nil, true),
    ] as [(Bool, String?, Bool)] {
      #expect(try Judge.line("F|exists", .bool(isThere), on: value) == expected)
    }
    let absent = try Judge.rule([("F|exists", [.bool(false)])])
    #expect(Judge.matches(absent, Judge.event([("Other", "x")])))
  }

  @Test func windashTakesFiveCharacters() throws {
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
      #expect(try Judge.line("F|windash|contains", " -s -i", on: "psexec \(dash)s \(dash)i cmd"))
      #expect(try Judge.line("F|contains|windash", "/f", on: "del \(dash)f x"))
    }
    #expect(try !Judge.line("F|windash|contains", " -s ", on: "a _s b"))
    // Within a word a dash is a dash.
    #expect(try Judge.line("F|windash|contains", "-param-name", on: "x /param-name"))
    #expect(try !Judge.line("F|windash|contains", "-param-name", on: "x -param/name"))
    #expect(throws: SigmaError.self) {
      _ = try Judge.rule([("F|windash", ["-a -b -c -d -e -f"])])
    }
  }

  @Test func base64() throws {
    #expect(try Judge.line("F|base64", "foobar", on: "Zm9vYmFy"))
    #expect(try Judge.line("F|base64|contains", "ping", on: "x cGluZw== y"))
    #expect(Base64.encode(Array("f".utf8)) == Array("Zg==".utf8))
    #expect(Base64.encode([]) == [])
  }

  /// Whatever precedes and follows the text, one of its three encodings is in the whole's.
  @Test func base64OffsetFindsTheTextAnywhere() throws {
    for before in 0..<6 {
      for after in 0..<4 {
        let whole =
          Array(repeating: UInt8(ascii: "x"), count: before) + Array("http://".utf8)
          + Array(repeating: UInt8(ascii: "y"), count: after)
        let encoded = String(decoding: Base64.encode(whole), as: UTF8.self)
        #expect(try Judge.line("F|base64offset|contains", "http://", on: encoded))
      }
    }
    #expect(try !Judge.line("F|base64offset|contains", "http://", on: "aHR0cHM6Ly9"))
    #expect(throws: SigmaError.self) { try Judge.rule([("F|base64offset", ["a"])]) }
  }

  @Test func utf16() throws {
    #expect(try Judge.line("F|wide|base64", "ping", on: "cABpAG4AZwA="))
    #expect(try Judge.line("F|utf16le|base64", "ping", on: "cABpAG4AZwA="))
    #expect(try Judge.line("F|utf16be|base64", "ping", on: "AHAAaQBuAGc="))
    #expect(try Judge.line("F|utf16|base64", "ping", on: "//5wAGkAbgBnAA=="))
    #expect(try Judge.line("F|wide|contains", "ab", on: "xa\u{0}b\u{0}y"))
    // Other than ASCII is no text after the change.
    #expect(throws: SigmaError.self) { try Judge.rule([("F|wide|contains", ["é"])]) }
    #expect(try Judge.line("F|wide|base64", "é", on: "6QA="))
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
    ("172.16.0.0/12", "172.31.9.9", true), ("172.16.0.0/12", "172.32.0.0", false),
    ("127.0.0.0/8", "127.~.0.1", false), ("2001:db8::/32", "2001:DB8:1::1", true),
    ("2001:db8::/32", "2001:db9::1", false), ("192.168.1.1", "192.168.1.1", true),
    ("10.0.0.0/8", "", false), ("::/0", "10.0.0.1", false),
  ])
  func cidr(network: String, address: String, expected: Bool) throws {
    #expect(try Judge.line("F|cidr", .text(network), on: address) == expected)
  }

  @Test(arguments: [
    ("F|gt", "5", "6", true), ("F|gt", "5", "5", false), ("F|gte", "5", "5", true),
    ("F|lt", "5", "4.5", true), ("F|lte", "5", "5.0", true), ("F|lt", "5", "abc", false),
    ("F|gt", "9007199254740992", "9007199254740993", true), ("F|gt", "-1", "0", true),
    ("F|gte", "1.5", "1.5", true), ("F|gt", "5", "", false), ("F|gt", "5", "0x10", false),
  ])
  func comparisons(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try Judge.line(key, .number(value), on: text) == expected)
  }

  @Test(arguments: [
    ("F|hour", "7", "2026-11-21T07:38:59Z", true), ("F|minute", "38", "2026-11-21 07:38:59", true),
    ("F|day", "21", "2026-11-21", true), ("F|hour", "0", "2026-11-21", false),
    ("F|month", "11", "2026-11-21T07:38:59+05:00", true), ("F|year", "2026", "2026-01-01", true),
    ("F|hour", "7", "2026-11-21T07:38:59+05:00", true), ("F|week", "1", "2026-01-01", true),
    ("F|week", "53", "2021-01-03", true), ("F|week", "1", "2024-12-30", true),
    ("F|hour", "7", "yesterday", false), ("F|hour|gte", "7", "2026-11-21T08:00:00Z", true),
    ("F|gte|hour", "9", "2026-11-21T08:00:00Z", false), ("F|day", "31", "2026-02-31", false),
  ])
  func dateParts(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try Judge.line(key, .number(value), on: text) == expected)
  }

  @Test(arguments: [
    ("F|fieldref", "abc", "ABC", true), ("F|fieldref", "abc", "abd", false),
    ("F|fieldref|startswith", "abcd", "ab", true), ("F|fieldref|startswith", "ab", "abc", false),
    ("F|fieldref|endswith", "abcd", "CD", true), ("F|fieldref|contains", "abcd", "bc", true),
    ("F|fieldref|cased", "abc", "ABC", false), ("F|fieldref|contains", "éÀ", "à", true),
  ])
  func fieldReferences(key: String, one: String, other: String, expected: Bool) throws {
    let rule = try Judge.rule([(key, ["G"])])
    #expect(Judge.matches(rule, Judge.event([("F", one), ("G", other)])) == expected)
    #expect(!Judge.matches(rule, Judge.event([("F", one)])))
    #expect(!Judge.matches(rule, Judge.event([("G", other)])))
  }

  @Test func neqNegatesTheItem() throws {
    let rule = try Judge.rule([("F|neq", ["a", "b"])])
    #expect(Judge.matches(rule, Judge.event([("F", "c")])))
    #expect(!Judge.matches(rule, Judge.event([("F", "B")])))
    #expect(Judge.matches(rule, Judge.event([("G", "c")])))
    let reference = try Judge.rule([("F|fieldref|neq", ["G"])])
    #expect(Judge.matches(reference, Judge.event([("F", "a"), ("G", "b")])))
    #expect(!Judge.matches(reference, Judge.event([("F", "a"), ("G", "a")])))
  }

  @Test func allJoinsByAnd() throws {
    let rule = try Judge.rule([("F|contains|all", ["a", "b"])])
    #expect(Judge.matches(rule, Judge.event([("F", "xbay")])))
    #expect(!Judge.matches(rule, Judge.event([("F", "xay")])))
  }

  @Test(
    arguments: [
      ("F|nonsense", ["x"]), ("F|expand", ["%x%"]), ("F|re", ["("]), ("F|re", [""]),
      ("F|contains|re", ["x"]), ("F|re|startswith", ["x"]), ("F|i", ["x"]), ("F|cidr", ["10.0.0"]),
      ("F|cidr|contains", ["10.0.0.0/8"]), ("F|gt", ["x"]), ("F|hour", ["x"]), ("F|all", ["x"]),
      ("F|exists", ["true"]), ("F|base64", ["a*"]), ("F|contains|base64", ["a"]),
      ("F|fieldref", ["a*"]), ("F|", ["x"]), ("F|contains|contains", ["x"]), ("|startswith", ["x"]),
      ("", [""]), ("", ["*"]), ("|exists", ["x"]), ("|cidr", ["10.0.0.0/8"]),
    ] as [(String, [RuleScalar])])
  func refusals(key: String, values: [RuleScalar]) {
    #expect(throws: SigmaError.self) { try FieldItem(key: key, scalars: values, line: 3) }
    do throws(SigmaError) {
      _ = try FieldItem(key: key, scalars: values, line: 3)
    } catch {
      #expect(error.line == 3)
      #expect(!error.message.isEmpty)
    }
  }

  @Test func nullTakesNoModifier() {
    #expect(throws: SigmaError.self) { try FieldItem(key: "F|contains", scalars: [.null], line: 1) }
    #expect(throws: SigmaError.self) { try FieldItem(key: "F", scalars: [], line: 1) }
  }
}
