/// One record of the Linux audit log as auditd writes it (`type=SYSCALL msg=audit(…): a=b c="d"`), or as
/// the kernel and audispd hand it to syslog.
enum AuditLine {
  static func record(_ body: ArraySlice<UInt8>, whole: [UInt8]) -> [UInt8]? {
    guard let stamp = body.first("audit("), stamp < body.startIndex + 512,
      let close = body[stamp...].firstIndex(of: UInt8(ascii: ")")), close + 1 < body.endIndex,
      body[close + 1] == UInt8(ascii: ":")
    else { return nil }
    var record = TextRecord()
    var pairs = PairReader(body[..<stamp])
    var saysType = false
    while let pair = pairs.next() {
      guard pair.name.elementsEqual("type".utf8) || pair.name.elementsEqual("node".utf8) else {
        continue
      }
      saysType = saysType || pair.name.first == UInt8(ascii: "t")
      record.add(pair.name, pair.value)
    }
    guard saysType else { return nil }
    record.add("msg", body[stamp...close])
    let type = field("type", body[..<stamp])
    add(body[(close + 2)...], type ?? [], to: &record)
    record.add("message", whole)
    return record.bytes + [UInt8(ascii: "}")]
  }

  private static func add(
    _ text: ArraySlice<UInt8>, _ type: ArraySlice<UInt8>, to record: inout TextRecord
  ) {
    // Behind the separator, auditd's own translation of the numbers: `SYSCALL=execve AUID="root"`.
    var pairs = PairReader(text, separators: [0x1D])
    let isProgram = type.elementsEqual("EXECVE".utf8)
    while let pair = pairs.next() {
      if pair.isQuoted, pair.name.elementsEqual("msg".utf8) {
        // What a program of the user's side said: pairs again.
        var inner = PairReader(pair.value)
        while let said = inner.next() { record.add(said.name, decoded(said, isProgram)) }
      } else {
        record.add(pair.name, decoded(pair, isProgram))
      }
    }
  }

  private static func field(_ name: StaticString, _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var pairs = PairReader(text)
    while let pair = pairs.next() {
      if pair.name.count == name.utf8CodeUnitCount, pair.name.starts(with: name) {
        return pair.value
      }
    }
    return nil
  }

  /// Values that hold blanks, quotes or control characters are written in hexadecimal, without quotes.
  private static func decoded(_ pair: PairReader.Pair, _ isProgram: Bool) -> ArraySlice<UInt8> {
    guard !pair.isQuoted, mayBeHex(pair.name, isProgram), pair.value.count >= 2,
      pair.value.count % 2 == 0
    else { return pair.value }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pair.value.count / 2)
    var index = pair.value.startIndex
    while index < pair.value.endIndex {
      guard let high = digit(pair.value[index]), let low = digit(pair.value[index + 1]) else {
        return pair.value
      }
      let byte = high << 4 | low
      // The words of a command line stand apart by NUL.
      bytes.append(byte == 0 ? UInt8(ascii: " ") : byte)
      index += 2
    }
    return Array(String(decoding: bytes, as: UTF8.self).utf8)[...]
  }

  private static func mayBeHex(_ name: ArraySlice<UInt8>, _ isProgram: Bool) -> Bool {
    if encoded.contains(where: { name.elementsEqual($0.utf8) }) { return true }
    return isProgram && name.first == UInt8(ascii: "a")
      && name.dropFirst().allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
  }

  /// The fields that auditd encodes (audit-userspace, `auparse/typetab.h`, "ESCAPED").
  private static let encoded = [
    "proctitle", "name", "exe", "comm", "cwd", "cmd", "acct", "key", "path", "dir", "data", "watch",
    "vm", "sw", "file", "old-disk", "new-disk", "ocomm", "invalid_context",
  ]

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
