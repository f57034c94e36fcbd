/// Times as PostgreSQL sends them: microseconds since 2000-01-01, with its two infinities.
///
/// Ours count from 1970. `Int64.max` and `Int64.min` stand for `infinity` and `-infinity`.
enum PostgresTime {
  private static let offset: Int64 = 946_684_800_000_000

  /// A time that PostgreSQL cannot hold is sent as one that it refuses (SQLSTATE 22008).
  static func wire(_ microseconds: Int64) -> Int64 {
    if microseconds == .max || microseconds == .min { return microseconds }
    let (value, overflow) = microseconds.subtractingReportingOverflow(offset)
    return overflow ? .min + 1 : value
  }

  /// Nil for the last 30 years that PostgreSQL can hold and 64 bits from 1970 on cannot (294246 to
  /// 294276).
  static func microseconds(wire value: Int64) -> Int64? {
    if value == .max || value == .min { return value }
    let (microseconds, overflow) = value.addingReportingOverflow(offset)
    return overflow || microseconds == .max ? nil : microseconds
  }
}
