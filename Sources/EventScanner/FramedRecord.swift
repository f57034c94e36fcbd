/// One record of a body.
public struct FramedRecord: Sendable {
  /// Its place among the body's records, from 0. Blank lines are not records.
  public let index: Int
  /// Its line in the body, from 1; only in a body of lines, else 0.
  public let line: Int
  /// Its bytes in the body, to be kept as the raw event. For a line, without its end.
  public let range: Range<Int>
  /// Why the record cannot be taken; nil if the tape holds it.
  public let error: ScanError?
}
