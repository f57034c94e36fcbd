/// Lines of pairs: firewalls that write so (`date=… devname="…" srcip=…`), and the kernel's packet filter
/// (`IN=eth0 OUT= SRC=… DST=…`).
enum PairsLine {
  static func record(_ body: ArraySlice<UInt8>, whole: [UInt8]) -> [UInt8]? {
    if let start = body.first("IN="), start < body.startIndex + 256, body.first(" SRC=") != nil,
      body.first(" DST=") != nil
    {
      return packetFilter(body, start, whole)
    }
    guard body.first("logid=") != nil, body.first("type=") != nil, body.first("dev") != nil else {
      return nil
    }
    var record = TextRecord()
    var pairs = PairReader(body, separators: [UInt8(ascii: ",")])
    while let pair = pairs.next() { record.add(pair.name, pair.value) }
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  /// The prefix before `IN=` is the administrator's own and mostly says what became of the packet.
  private static func packetFilter(
    _ body: ArraySlice<UInt8>, _ start: Int, _ whole: [UInt8]
  ) -> [UInt8] {
    var record = TextRecord()
    record.add("prefix", body[..<start])
    record.add("action", verdict(body[..<start]))
    var pairs = PairReader(body[start...])
    while let pair = pairs.next() { record.add(pair.name, pair.value) }
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  private static func verdict(_ prefix: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let text = String(decoding: prefix, as: UTF8.self).lowercased()
    for (words, action) in verdicts where words.contains(where: { text.contains($0) }) {
      return Array(action.utf8)[...]
    }
    return nil
  }

  private static let verdicts = [
    (["block", "drop", "deny", "reject"], "block"), (["allow", "accept", "pass"], "accept"),
  ]
}
