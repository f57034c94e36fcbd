/// A line of Squid's native access log (wiki.squid-cache.org, "Squid native access.log format"):
/// `time elapsed client code/status bytes method URL user hierarchy/from type`.
enum SquidLine {
  static func record(_ body: ArraySlice<UInt8>, whole: [UInt8]) -> [UInt8]? {
    let words = body.words(limit: 11)
    guard words.count >= 10, words[0].contains(UInt8(ascii: ".")),
      words[0].allSatisfy({ $0 == UInt8(ascii: ".") || isDigit($0) }),
      words[1].allSatisfy(isDigit), words[4].allSatisfy(isDigit),
      let slash = words[3].firstIndex(of: UInt8(ascii: "/")), words[8].contains(UInt8(ascii: "/"))
    else { return nil }
    var record = TextRecord()
    record.add("timestamp", words[0])
    record.add("elapsed", words[1])
    record.add("client_address", words[2])
    record.add("result_code", words[3][..<slash])
    record.add("status", words[3][(slash + 1)...])
    record.add("bytes", words[4])
    record.add("method", words[5])
    record.add("url", words[6])
    if !words[7].isDash { record.add("user", words[7]) }
    record.add("hierarchy", words[8])
    if let address = words[8].firstIndex(of: UInt8(ascii: "/")), !words[8][(address + 1)...].isDash
    {
      record.add("server_ip", words[8][(address + 1)...])
    }
    record.add("content_type", words[9])
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
