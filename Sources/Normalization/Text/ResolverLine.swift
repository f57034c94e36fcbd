/// Query logs of resolvers: BIND (`client @0x… 10.0.0.1#53000 (a.b): query: a.b IN A +E(0) (…)`), dnsmasq
/// and Pi-hole (`query[A] a.b from 10.0.0.1`, `reply a.b is 1.2.3.4`), Unbound (`info: 10.0.0.1 a.b. A
/// IN`), CoreDNS (`[INFO] 10.0.0.1:4021 - 1 "A IN a.b. udp …" NOERROR …`).
enum ResolverLine {
  static func record(
    _ body: ArraySlice<UInt8>, program: ArraySlice<UInt8>?, whole: [UInt8]
  ) -> [UInt8]? {
    guard let query = bind(body) ?? dnsmasq(body, program) ?? unbound(body, program) ?? core(body)
    else { return nil }
    var record = TextRecord()
    record.add("query", withoutDot(query.name))
    record.add("record_type", query.type)
    record.add("src_ip", query.client)
    record.add("answer", query.answer)
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  private struct Query {
    let name: ArraySlice<UInt8>
    var type: ArraySlice<UInt8>?
    var client: ArraySlice<UInt8>?
    var answer: ArraySlice<UInt8>?
  }

  private static func bind(_ body: ArraySlice<UInt8>) -> Query? {
    guard let client = body.first("client "), let start = body.first("query: ") else { return nil }
    let words = body[(start + 7)...].words(limit: 4)
    guard words.count >= 3, words[1].elementsEqual("IN".utf8) else { return nil }
    let address = body[client...].words(limit: 4).first { $0.contains(UInt8(ascii: "#")) }
    return Query(
      name: words[0], type: words[2],
      client: address.flatMap { $0.split(separator: UInt8(ascii: "#")).first })
  }

  private static func dnsmasq(_ body: ArraySlice<UInt8>, _ program: ArraySlice<UInt8>?) -> Query? {
    guard let program, program.starts(with: "dnsmasq") || program.starts(with: "pihole") else {
      return nil
    }
    let words = body.words(limit: 8)
    if let at = words.firstIndex(where: { $0.starts(with: "query[") }), at + 3 < words.count,
      words[at + 2].elementsEqual("from".utf8)
    {
      return Query(
        name: words[at + 1], type: words[at].dropFirst(6).dropLast(), client: words[at + 3])
    }
    let answers = ["reply", "cached", "config"]
    guard
      let at = words.firstIndex(where: { word in answers.contains { word.elementsEqual($0.utf8) } }
      ),
      at + 3 < words.count, words[at + 2].elementsEqual("is".utf8)
    else { return nil }
    return Query(name: words[at + 1], answer: words[at + 3])
  }

  private static func unbound(_ body: ArraySlice<UInt8>, _ program: ArraySlice<UInt8>?) -> Query? {
    guard let program, program.starts(with: "unbound"), let start = body.first("info: ") else {
      return nil
    }
    let words = body[(start + 6)...].words(limit: 5)
    guard words.count >= 4, words[3].elementsEqual("IN".utf8) else { return nil }
    return Query(name: words[1], type: words[2], client: words[0])
  }

  private static func core(_ body: ArraySlice<UInt8>) -> Query? {
    guard body.starts(with: "[INFO] "), let quote = body.firstIndex(of: UInt8(ascii: "\"")) else {
      return nil
    }
    let words = body[(quote + 1)...].words(limit: 5)
    guard words.count >= 4, words[1].elementsEqual("IN".utf8) else { return nil }
    let peer = body.dropFirst(7).words(limit: 2).first
    return Query(
      name: words[2], type: words[0],
      client: peer.flatMap { word in word.lastIndex(of: UInt8(ascii: ":")).map { word[..<$0] } })
  }

  private static func withoutDot(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    name.count > 1 && name.last == UInt8(ascii: ".") ? name.dropLast() : name
  }
}
