/// A line of IIS's log in the columns that IIS writes unless told otherwise (learn.microsoft.com, "IIS
/// default logging": `date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip
/// cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken`). A line alone doesn't
/// say its columns; other selections are for the shipper to name.
enum W3CLine {
  private static let names = [
    "date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username",
    "c-ip", "cs-user-agent", "cs-referer", "sc-status", "sc-substatus", "sc-win32-status",
    "time-taken",
  ]

  static func record(_ body: ArraySlice<UInt8>, whole: [UInt8]) -> [UInt8]? {
    let words = body.words(limit: 16)
    guard words.count == names.count, words[0].count == 10, words[1].count == 8,
      words[0][words[0].startIndex + 4] == UInt8(ascii: "-"),
      words[1][words[1].startIndex + 2] == UInt8(ascii: ":"),
      words[3].allSatisfy({ $0 &- UInt8(ascii: "A") < 26 }),
      words[4].first == UInt8(ascii: "/"), words[11].count == 3
    else { return nil }
    var record = TextRecord()
    record.add("ts", words[0] + [UInt8(ascii: "T")] + words[1] + [UInt8(ascii: "Z")])
    for (name, word) in zip(names, words) where !word.isDash {
      // Blanks inside a column are written as plus signs.
      let isText = name == "cs-user-agent" || name == "cs-referer"
      record.add(name.utf8, isText ? word.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 } : Array(word))
    }
    // Servers that don't tell the two apart call both together so, and most rules do.
    let uri = Array(words[4]) + (words[5].isDash ? [] : [UInt8(ascii: "?")] + words[5])
    record.add("cs-uri-query", uri)
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }
}
