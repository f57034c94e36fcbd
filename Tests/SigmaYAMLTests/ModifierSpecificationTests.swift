import Sigma
import Testing

/// What the modifiers appendix 2.1 says, alone and combined, from YAML to match.
@Suite struct ModifierSpecificationTests {
  @Test(arguments: [
    ("F|re", "'a.c'", "xabcx", true), ("F|re", "'^a.c$'", "xabcx", false),
    ("F|re", "'ABC'", "abc", false), ("F|re|i", "'ABC'", "abc", true),
    ("F|re", "'^b'", "a\nb", false), ("F|re|m", "'^b'", "a\nb", true),
    ("F|re|m", "'a$'", "a\nb", true),
    ("F|re", "'a.b'", "a\nb", false), ("F|re|s", "'a.b'", "a\nb", true),
    ("F|re|i|m", "'^B$'", "a\nb\nc", true), ("F|re|m|s|i", "'^A.B'", "x\na\nb", true),
    ("F|re|i|s", "'A.B'", "a\nb", true), ("F|re|contains", "'a+'", "xaax", true),
    ("F|re|ignorecase", "'ABC'", "abc", true), ("F|re", "'a{2,3}'", "aa", true),
    ("F|re", "'a|b'", "b", true), ("F|re", #"'\d+\.\d'"#, "v1.5", true),
    ("F|re", "['x', 'y+']", "ayy", true), ("F|re|all", "['x', 'y+']", "ayy", false),
    ("F|re|all", "['x', 'y+']", "yx", true), ("F|re", "'(?i)ABC'", "abc", true),
    ("F|re", #"'\*'"#, "a*b", true), ("F|re", #"'a\\b'"#, #"a\b"#, true),
    ("F|re|neq", "'a'", "b", true), ("F|neq|re", "'a'", "a", false),
  ])
  func expressions(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try fires(line(key, value), on: ["F": text]) == expected)
  }

  @Test(arguments: [
    ("F|windash|contains|all", "[' -a ', ' /b ']", "x /a –b y", true),
    ("F|contains|all|windash", "[' -a ', ' /b ']", "x —a ―b y", true),
    ("F|contains|windash|all", "[' -a ', ' /b ']", "x –a y", false),
    ("F|windash", "'-a -b'", "/a –b", true), ("F|windash", "'-a -b'", "/a b", false),
    ("F|windash|endswith", "'–enc'", "x /enc", true),
    ("F|windash|startswith", "'/c'", "-c dir", true),
    ("F|windash|contains", "'a-b'", "a/b", false), ("F|windash|contains", "' - '", " / ", false),
    ("F|windash|cased", "'-A'", "/a", false),
    (
      "F|windash|contains", "'-nop -w -ep -enc -c'",
      "/nop –w -ep ―enc /c", true
    ),
    ("F|windash|contains", "'-a*-b'", "/a xx –b", true),
    ("F|contains|windash", "'--flag'", "--flag", true),
    ("F|contains|windash", "'--flag'", "-/flag", true),
  ])
  func windash(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try fires(line(key, value), on: ["F": text]) == expected)
  }

  @Test(arguments: [
    ("F|base64", "'foobar'", "Zm9vYmFy", true), ("F|base64|contains", "'foo'", "xZm9vx", true),
    ("F|base64offset|contains", "['ping', 'http://']", "IHBpbmc=", true),
    ("F|base64offset|contains", "'ping'", "eHBpbmcg", true),
    ("F|wide|base64offset|contains", "'ping'", "eHAAaQBuAGcA", true),
    ("F|utf16be|base64offset|contains", "'ping'", "AHAAaQBuAGc=", true),
    ("F|utf16le|base64|contains", "'ping'", "cABpAG4AZwA=", true),
    ("F|utf16|base64", "'ping'", "//5wAGkAbgBnAA==", true),
    ("F|base64offset|contains|all", "['ping', 'http']", "IHBpbmc= IGh0dHA=", true),
    ("F|base64offset|contains|all", "['ping', 'http']", "IHBpbmc=", false),
    ("F|base64", #"'a\*b'"#, "YSpi", true), ("F|base64", #"'a\\b'"#, "YVxi", true),
    ("F|wide|base64offset|contains", "'é'", "6QB4", true),
    ("F|windash|base64", "'-a'", "L2E=", true), ("F|base64", "4625", "NDYyNQ==", true),
  ])
  func encodings(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try fires(line(key, value), on: ["F": text]) == expected)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "10.1.2", false),
    ("10.0.0.0/8", " 10.1.2.3", false), ("10.0.0.0/8", "10.1.2.3/32", false),
    ("10.0.0.0/8", "10.1.2.300", false), ("10.0.0.0/8", "host", false),
    ("192.168.0.0/23", "192.168.1.255", true), ("192.168.0.0/23", "192.168.2.0", false),
    ("0.0.0.0/0", "255.255.255.255", true), ("1.2.3.4/32", "1.2.3.4", true),
    ("::1/128", "::1", true),
    ("::1/128", "0:0:0:0:0:0:0:1", true), ("fe80::/10", "FE80::1", true),
    ("2001:db8::/32", "10.0.0.1", false), ("fc00::/7", "fd12::1", true), ("::/0", "::", true),
  ])
  func networks(network: String, text: String, expected: Bool) throws {
    #expect(try fires(line("F|cidr", "'\(network)'"), on: ["F": text]) == expected)
    #expect(try fires(line("F|cidr|neq", "'\(network)'"), on: ["F": text]) == !expected)
  }

  @Test(arguments: [
    ("F|fieldref", "ab", "AB", true), ("F|fieldref|neq", "ab", "AB", false),
    ("F|neq|fieldref", "ab", "c", true), ("F|fieldref|startswith", "abc", "AB", true),
    ("F|fieldref|endswith", "abc", "bc", true), ("F|fieldref|contains", "abc", "b", true),
    ("F|fieldref|contains", "abc", "x", false), ("F|fieldref|contains", "a*c", "*", true),
    ("F|fieldref|contains", "abc", "*", false), ("F|fieldref|contains", "abc", "", true),
    ("F|fieldref|startswith|cased", "abc", "AB", false), ("F|fieldref", "", "", true),
  ])
  func fieldReferences(key: String, one: String, other: String, expected: Bool) throws {
    #expect(try fires(line(key, "G"), on: ["F": one, "G": other]) == expected)
  }

  @Test(arguments: [
    ("F|gt", "5", "10", true), ("F|gt", "5", "1e1", true), ("F|gte", "5.5", "5.50", true),
    ("F|lt", "-1", "-2", true), ("F|lt", "5", "five", false), ("F|lte", "5", "", false),
    ("F|gt", "5", "0x0A", false), ("F|gt", "[100, 5]", "6", true),
    ("F|gt|all", "[100, 5]", "6", false),
    ("F|gt|neq", "5", "4", true), ("F|gt|neq", "5", "text", true), ("F|lt", "'5'", "4", true),
    ("F|neq", "5", "5", false), ("F|neq", "[5, 6]", "6", false), ("F|neq", "[5, 6]", "7", true),
    ("F|contains|neq", "bad", "good", true), ("F|contains|all|neq", "[a, b]", "a", true),
    ("F|contains|all|neq", "[a, b]", "ab", false),
  ])
  func numbers(key: String, value: String, text: String, expected: Bool) throws {
    #expect(try fires(line(key, value), on: ["F": text]) == expected)
  }

  @Test(arguments: [
    ("minute", "38", "37"), ("hour", "7", "8"), ("day", "21", "20"), ("week", "47", "46"),
    ("month", "11", "12"), ("year", "2026", "2025"),
  ])
  func dates(part: String, value: String, other: String) throws {
    for text in [
      "2026-11-21T07:38:59Z", "2026-11-21 07:38:59", "2026-11-21 07:38:59.123",
      "2026-11-21T07:38:59.123456789+02:00",
    ] {
      #expect(try fires(line("F|\(part)", value), on: ["F": text]))
      #expect(try !fires(line("F|\(part)", other), on: ["F": text]))
      #expect(try fires(line("F|\(part)", "[\(other), \(value)]"), on: ["F": text]))
      #expect(try fires(line("F|\(part)|gte", value), on: ["F": text]))
      #expect(try !fires(line("F|\(part)|gt", value), on: ["F": text]))
      #expect(try fires(line("F|\(part)|neq", other), on: ["F": text]))
    }
    #expect(try !fires(line("F|\(part)", value), on: ["F": "soon"]))
  }

  /// What has no meaning is refused, with the line and the modifier.
  @Test(arguments: [
    ("F|contains|all", "x", SigmaError.Code.modifierMisuse), ("F|all", "[x]", .modifierMisuse),
    ("F|Contains", "x", .unknownModifier), ("F| contains", "x", .unknownModifier),
    ("F|", "x", .unknownModifier), ("F||contains", "x", .unknownModifier),
    ("F|exists", "'true'", .modifierMisuse), ("F|exists", "yes", .modifierMisuse),
    ("F|exists|contains", "true", .modifierMisuse), ("F|exists", "null", .modifierMisuse),
    ("F|re", "null", .modifierMisuse), ("F|re", "'a('", .regex), ("F|re", "'(?<=a)b'", .regex),
    ("F|re", #"'(a)\1'"#, .regex), ("F|re|cased", "a", .modifierMisuse),
    ("F|re|x", "a", .unknownModifier), ("F|contains|re", "a", .modifierMisuse),
    ("F|i", "a", .modifierMisuse), ("F|cidr", "10.0.0.0/33", .value), ("F|cidr", "null", .value),
    ("F|cidr|contains", "10.0.0.0/8", .modifierMisuse), ("F|gt", "abc", .modifierMisuse),
    ("F|gt", "null", .modifierMisuse), ("F|gt|contains", "5", .modifierMisuse),
    ("F|contains|gt", "5", .modifierMisuse), ("F|hour", "'x'", .modifierMisuse),
    ("F|base64", "'a*'", .modifierMisuse), ("F|base64", "''", .modifierMisuse),
    ("F|base64offset", "a", .value), ("F|contains|base64offset", "abc", .modifierMisuse),
    ("F|wide", "'é'", .modifierMisuse), ("F|fieldref", "'a*'", .modifierMisuse),
    ("F|startswith|fieldref", "G", .modifierMisuse), ("F|expand", "'%x%'", .placeholder),
    ("F|expand|contains", "'%x%'", .placeholder), ("F|contains|expand", "'a%x%'", .placeholder),
    ("F|cased", "null", .modifierMisuse), ("F|windash", "true", .modifierMisuse),
    ("F|contains", "{a: b}", .structure), ("F|contains", "[]", .structure),
    ("F|contains", "[{a: b}]", .structure), ("F|contains", "[[a]]", .structure),
    ("F|count", "5", .unknownModifier), ("F|contains|contains", "a", .modifierMisuse),
  ])
  func refused(key: String, value: String, code: SigmaError.Code) throws {
    let refusal = try #require(refusals(line("'\(key)'", value)).first)
    #expect(refusal.code == code, "\(refusal)")
    #expect(refusal.line == 7)
    #expect(refusal.reason.contains("F"))
  }
}
