internal import Core
internal import EventScanner

extension EventColumns {
  /// Fills the columns from the leaves that the walk has noted; answers which are filled, and the first
  /// value that could not be read but had to be.
  mutating func fill(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ walk: borrowing RecordWalk,
    _ compiled: CompiledMapping
  ) -> (filled: ColumnSet, failure: NormalizationError?) {
    var filled = ColumnSet()
    var failed = ColumnSet()
    var failure: NormalizationError?
    var strictFailure: NormalizationError?
    for candidate in compiled.candidates {
      guard let node = walk.node(in: Int(candidate.slot)), !filled.contains(candidate.column),
        tape.nodes[node].kind != .null
      else { continue }
      let value = ColumnValue(bytes: tape.nodes[node].value, node: node)
      if value.isEmpty(tape) || candidate.column != .message && value.isDash(bytes) { continue }
      let source = compiled.columns[Int(candidate.source)]
      do throws(NormalizationError) {
        if try set(source, Int(candidate.path), value, bytes, tape) {
          filled.insert(candidate.column)
        }
      } catch {
        // The first failure of a column counts, unless another path of it can be read; under
        // Harrier's own names it counts in any case.
        if candidate.isStrict { strictFailure = strictFailure ?? error }
        failed.insert(candidate.column)
        failure = failure ?? error
      }
    }
    return (filled, strictFailure ?? (failed.isSubset(of: filled) ? nil : failure))
  }

  /// Sets the column from one value; false leaves it to the next path or rule.
  private mutating func set(
    _ source: CompiledMapping.ColumnSource, _ path: Int, _ value: ColumnValue,
    _ bytes: RawSpan, _ tape: borrowing JSONTape
  ) throws(NormalizationError) -> Bool {
    switch source.column {
    case .ts:
      guard let time = value.timestamp(bytes, tape, source.reading) else {
        switch source.reading {
        case .timeIfReadable, .auditID: return false
        default: break
        }
        throw NormalizationError(
          .timestampInvalid, field: source.paths[path],
          expected: "expected RFC 3339 or a number since 1970")
      }
      ts = time
    case .srcIP, .dstIP:
      guard let address = value.address(bytes, tape) else {
        guard source.strict else { return false }
        throw NormalizationError(
          .ipInvalid, field: source.paths[path], expected: "expected an IPv4 or IPv6 address")
      }
      if source.column == .srcIP { srcIP = address } else { dstIP = address }
    case .srcPort, .dstPort:
      guard let port = try value.port(bytes, tape, source, path) else {
        return false
      }
      if source.column == .srcPort { srcPort = port } else { dstPort = port }
    case .severity:
      guard let read = try value.severity(bytes, tape, source, path) else { return false }
      severity = read
    default:
      guard let text = value.text(bytes, tape, source) else { return false }
      set(source.column, to: text)
    }
    return true
  }

  /// Sets a column of text.
  mutating func set(_ column: Column, to text: String) {
    switch column {
    case .sourceType: sourceType = text
    case .eventID: eventID = text
    case .proto: proto = text
    case .host: host = text
    case .user: user = text
    case .process: process = text
    case .action: action = text
    case .outcome: outcome = text
    case .message: message = text
    case .ts, .severity, .srcIP, .srcPort, .dstIP, .dstPort: break
    }
  }
}

/// A set of columns.
struct ColumnSet {
  private var bits: UInt32 = 0

  func contains(_ column: Column) -> Bool { bits >> UInt32(column.rawValue) & 1 == 1 }
  func isSubset(of other: ColumnSet) -> Bool { bits & ~other.bits == 0 }
  mutating func insert(_ column: Column) { bits |= 1 << UInt32(column.rawValue) }
}
