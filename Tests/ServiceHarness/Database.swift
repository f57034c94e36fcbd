/// The installation's database as an outsider sees it: through psql.
public struct Database: Sendable {
  public let conninfo: String

  /// The rows of a query, each field as text; a null is the empty text. It is given up after three
  /// minutes: what waits for a lock that nobody returns must fail, not hang.
  public func rows(_ query: String) async throws -> [[String]] {
    let arguments = [
      "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\u{1F}",
      "--set=ON_ERROR_STOP=1", "--dbname=\(conninfo)", "--command=\(query)",
    ]
    let output = try await CommandLineProgram.run(
      CommandLineProgram.find("psql"), arguments,
      environment: ["PGOPTIONS": "-c statement_timeout=180s"])
    guard output.status == 0 else {
      throw HarnessError("psql failed on \(query): \(output.standardError)")
    }
    return output.standardOutput.split(separator: "\n").map { line in
      line.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The only field of a query's only row, as a number.
  public func number(_ query: String) async throws -> Int {
    let rows = try await rows(query)
    guard rows.count == 1, rows[0].count == 1, let number = Int(rows[0][0]) else {
      throw HarnessError("one number was expected of \(query), not \(rows)")
    }
    return number
  }
}
