internal import Core
internal import Sigma

/// Makes rules, and remembers for each field what its values would have to be.
struct RuleMaker {
  static let fields = ["A", "B", "C", "Image", "source.ip", "Ünïcode"]
  static let logSources = [
    LogSource(product: "one"), LogSource(product: "two"), LogSource(category: "c"),
    LogSource(category: "c", product: "one"), LogSource(product: "one", service: "s"),
  ]

  private static let chains = [
    [], [], ["contains"], ["contains"], ["startswith"], ["endswith"], ["cased"],
    ["contains", "cased"], ["cased", "startswith"], ["endswith", "cased"], ["windash"],
    ["windash", "contains"], ["contains", "windash"], ["windash", "endswith", "cased"],
  ]
  private static let dates = [
    "2026-11-21T07:38:59Z", "2026-11-21 07:38:59", "2024-12-30T23:59:59.5Z", "2021-01-03",
    "1999-02-28T00:00:00+05:30", "2026-01-01T12:00:00.123456Z", "soon",
  ]
  private static let addresses = [
    "10.0.0.1", "10.255.3.4", "11.0.0.1", "172.16.5.5", "172.32.0.1", "192.168.1.77", "::1",
    "2001:db8::5", "fe80::1", "10.0.0", "10.0.0.1 ", "1.2.3.4.5", "2001:DB8:0:0:0:0:0:5", "host",
  ]

  private(set) var samples: [String: [String]] = [:]

  mutating func rule(_ id: String, _ random: inout FuzzGenerator) -> FuzzRule {
    let names = ["s_1", "s_2", "_s_1", "filter_1"]
    let count = random.number(1...names.count)
    let used = Array(names.prefix(count))
    var searches: [FuzzRule.Search] = []
    for _ in used { searches.append(search(depth: 2, &random)) }
    let maker = ConditionMaker(names: used)
    let condition = maker.condition(depth: random.number(0...3), &random)
    return FuzzRule(
      id: id, logSource: random.pick(Self.logSources), names: used, searches: searches,
      condition: condition, text: maker.text(condition, &random))
  }

  private mutating func search(depth: Int, _ random: inout FuzzGenerator) -> FuzzRule.Search {
    guard depth > 0, random.chance(50) else { return .item(item(&random)) }
    var parts: [FuzzRule.Search] = []
    for _ in 0..<random.number(1...3) { parts.append(search(depth: depth - 1, &random)) }
    return random.chance(50) ? .all(parts) : .any(parts)
  }

  /// An item that Harrier takes.
  private mutating func item(_ random: inout FuzzGenerator) -> FuzzRule.Item {
    while true {
      let before = samples
      var item = anyItem(&random)
      if random.chance(12) { item.modifiers.append("neq") }
      if item.scalars.count > 1, random.chance(40) {
        item.modifiers.insert("all", at: random.number(0...item.modifiers.count))
      }
      if (try? FieldItem(key: item.key, scalars: item.scalars, line: 1)) != nil { return item }
      samples = before
    }
  }

  private mutating func anyItem(_ random: inout FuzzGenerator) -> FuzzRule.Item {
    let field = random.chance(12) ? "" : random.pick(Self.fields)
    var item = FuzzRule.Item(field: field, modifiers: [], scalars: [])
    let kind = random.number(0...19)
    let count = random.chance(60) ? 1 : random.number(2...4)
    for _ in 0..<count {
      let (modifiers, scalar, sample) = value(kind, &random)
      if item.scalars.isEmpty { item.modifiers = modifiers }
      item.scalars.append(scalar)
      if let sample { samples[field, default: []].append(sample) }
      if kind == 14 || kind == 15 { break }
    }
    return item
  }

  private mutating func value(
    _ kind: Int, _ random: inout FuzzGenerator
  ) -> (modifiers: [String], scalar: RuleScalar, sample: String?) {
    switch kind {
    case 0, 1:
      let (source, sample) = TextMaker.expression(3, &random)
      let flags = [[], ["i"], ["m"], ["s"], ["i", "s", "m"], ["contains"]]
      return (["re"] + random.pick(flags), .text(source), sample)
    case 2:
      let network = random.pick([
        "10.0.0.0/8", "172.16.0.0/12", "192.168.1.64/26", "2001:db8::/32", "::/0", "0.0.0.0/0",
        "10.0.0.1", "fe80::/10", "10.0.0.1/32",
      ])
      return (["cidr"], .text(network), random.pick(Self.addresses))
    case 3:
      let number = random.pick(["5", "42", "-7", "1.5", "100000", "0"])
      return ([random.pick(["gt", "gte", "lt", "lte"])], .number(number), number)
    case 4:
      let part = random.pick(["minute", "hour", "day", "week", "month", "year"])
      let chains = [[part], [part], [part, "gte"], ["lt", part]]
      let number = random.pick(["7", "38", "21", "53", "1", "11", "2026", "0", "12"])
      return (random.pick(chains), .number(number), random.pick(Self.dates))
    case 5:
      let other = random.pick(Self.fields)
      let anchors = [
        [], ["contains"], ["startswith"], ["endswith"], ["cased"], ["contains", "cased"],
      ]
      return (["fieldref"] + random.pick(anchors), .text(other), TextMaker.plain(&random))
    case 6, 7:
      let text = TextMaker.plain(&random)
      let chains = [
        ["base64offset", "contains"], ["base64", "contains"], ["wide", "base64offset", "contains"],
        ["utf16be", "base64offset", "contains"], ["utf16", "base64"], ["base64offset", "cased"],
      ]
      let chain = random.pick(chains)
      let bytes = Encoding.bytes(of: text, chain)
      let shift = [UInt8](
        repeating: 0x61, count: chain.contains("base64offset") ? random.number(0...2) : 0)
      return (
        chain, .text(text), Encoding.base64(shift + bytes + (random.chance(50) ? [0x7A] : []))
      )
    case 8: return ([], .number(random.pick(["42", "7", "1.50", "-1", "4625"])), "42")
    case 9: return ([], .bool(random.chance(50)), random.pick(["true", "FALSE"]))
    case 10: return ([], .null, nil)
    case 14, 15: return (["exists"], .bool(random.chance(50)), nil)
    default:
      let (text, sample) = TextMaker.pattern(&random)
      let dashes = random.chance(20) ? random.pick(["-a ", " /b", "x-y ", "–c", "--d "]) : ""
      return (random.pick(Self.chains), .text(dashes + text), dashes + sample)
    }
  }

  /// An event whose values lie near what the rules ask for.
  func event(_ sets: [LogSourceSet], _ random: inout FuzzGenerator) -> FuzzEvent {
    var event = FuzzEvent(fields: [], sources: random.pick(sets))
    for _ in 0..<random.number(0...7) {
      let name = random.chance(90) ? random.pick(Self.fields) : "Other"
      if random.chance(6) {
        event.fields.append((name, nil))
        continue
      }
      let own = samples[random.chance(80) ? name : random.pick(Self.fields + [""])] ?? []
      var value = own.isEmpty ? TextMaker.plain(&random) : random.pick(own)
      if random.chance(60) { value = TextMaker.near(value, &random) }
      if random.chance(10), !own.isEmpty { value += random.pick(own) }
      event.fields.append((name, value))
    }
    return event
  }
}
