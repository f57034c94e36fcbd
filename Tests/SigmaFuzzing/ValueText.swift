/// IPv4 networks, read digit by digit; no opinion on IPv6.
enum Network {
  static func holds(_ network: String, _ text: String) -> Bool? {
    if network.contains(":") || text.contains(":") { return nil }
    let parts = network.split(separator: "/")
    guard let base = address(String(parts[0])) else { return nil }
    let length = parts.count > 1 ? Int(parts[1])! : 32
    guard let value = address(text) else {
      return text.utf8.contains { $0 >= 0x80 } || text.split(separator: ".").count != 4
        ? false : nil
    }
    return length == 0 || (base ^ value) >> (32 - UInt64(length)) == 0
  }

  private static func address(_ text: String) -> UInt64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part.utf8.count == 1 || part.first != "0", let number = UInt64(part), number < 256
      else { return nil }
      value = value << 8 | number
    }
    return value
  }
}

enum NumberText {
  static func holds(_ text: String, _ comparison: String, _ wanted: String) -> Bool? {
    let digits = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard digits, let number = Double(text), number.isFinite else { return false }
    guard number.magnitude < 1e15, text.utf8.count <= 64 else { return nil }
    return compare(number, comparison, Double(wanted)!)
  }

  static func compare(_ left: Double, _ comparison: String, _ right: Double) -> Bool {
    switch comparison {
    case "gt": left > right
    case "gte": left >= right
    case "lt": left < right
    case "lte": left <= right
    default: left == right
    }
  }
}

/// Dates in their plainest forms; no opinion on others.
enum DateText {
  static let parts: Set<String> = ["minute", "hour", "day", "week", "month", "year"]

  static func holds(_ text: String, _ part: String, _ comparison: String, _ wanted: String) -> Bool?
  {
    guard let first = text.utf8.first, (0x30...0x39).contains(first) else { return false }
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      let digits = bytes[range]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    guard bytes.count == 10 || bytes.count >= 19, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      (1..<13).contains(month), (1..<29).contains(day), year > 1900
    else { return nil }
    var clock = ["hour": -1, "minute": -1]
    if bytes.count > 10 {
      let rest = String(decoding: bytes[19...], as: UTF8.self)
      guard bytes[10] == 0x54 || bytes[10] == 0x20, bytes[13] == 0x3A, bytes[16] == 0x3A,
        ["", "Z", ".5Z", ".123456Z", "+05:30"].contains(rest), let hour = number(11..<13),
        hour < 24,
        let minute = number(14..<16), minute < 60, let second = number(17..<19), second < 60
      else { return nil }
      clock = ["hour": hour, "minute": minute]
    }
    let value: Int
    switch part {
    case "year": value = year
    case "month": value = month
    case "day": value = day
    case "week": value = week(year, month, day)
    default:
      value = clock[part]!
      if value < 0 { return false }
    }
    return NumberText.compare(Double(value), comparison, Double(wanted)!)
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func dayOfYear(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return lengths[..<(month - 1)].reduce(day, +)
  }

  /// 1 is Monday.
  private static func weekday(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    let days = before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear(year, month, day)
    return (days + 6) % 7 + 1
  }

  /// ISO 8601.
  private static func week(_ year: Int, _ month: Int, _ day: Int) -> Int {
    func last(_ year: Int) -> Int {
      let end = weekday(year, 12, 31)
      return end == 4 || weekday(year - 1, 12, 31) == 3 ? 53 : 52
    }
    let week = (dayOfYear(year, month, day) - weekday(year, month, day) + 10) / 7
    if week < 1 { return last(year - 1) }
    return week > last(year) ? 1 : week
  }
}
