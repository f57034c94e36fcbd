/// A duration as correlations write it (specification 2.1, "Time Selection").
public enum Timespan {
  /// 400 days.
  public static let maximumMicroseconds: Int64 = 400 * 86_400_000_000

  /// Reads a number and one of `s`, `m`, `h`, `d`; also `w` for weeks, as converters do.
  /// - Throws: `SigmaError` of code `.value`.
  public static func microseconds(_ text: String) throws(SigmaError) -> Int64 {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
    guard let unit = text.last, let seconds = units[unit],
      text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int64(text.dropLast()), count > 0
    else {
      throw SigmaError(
        .value, "timespan: \"\(text)\" is no number followed by s, m, h or d, such as 90m")
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: seconds * 1_000_000)
    guard !overflow, total <= maximumMicroseconds else {
      throw SigmaError(.value, "timespan: \"\(text)\" is longer than 400 days")
    }
    return total
  }
}
