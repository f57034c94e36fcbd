internal import Core
internal import Postgres

/// The values of a statement that is put together: conditions come from a fixed set, values are always
/// parameters.
struct SQLParameters: Sendable {
  private(set) var values: [PostgresValue] = []

  /// Takes a value up.
  ///
  /// - Returns: its name in the statement.
  mutating func bind(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }

  mutating func bind(_ ts: Timestamp) -> String {
    bind(.timestamptz(microseconds: ts.microseconds))
  }

  mutating func bind(_ count: Int) -> String {
    bind(.int8(Int64(count)))
  }
}
