internal import Core

/// Harrier's own names as fields, so that a rule may say `src_ip` or `action` of any source.
enum DerivedFields {
  /// Appends each filled column whose name the record itself does not use.
  static func append(
    _ columns: borrowing EventColumns, _ filled: ColumnSet, _ compiled: CompiledMapping,
    _ walk: borrowing RecordWalk, _ scratch: inout [UInt8], to fields: inout EventFields
  ) {
    let text = nameText
    let ranges = nameRanges
    for column in Column.allCases {
      guard column == .sourceType || filled.contains(column),
        !walk.isNoted(compiled.ownSlots[column.rawValue])
      else { continue }
      var kind = EventFields.Kind.string
      scratch.removeAll(keepingCapacity: true)
      switch column {
      case .ts: continue
      case .srcIP: append(columns.srcIP, to: &scratch)
      case .dstIP: append(columns.dstIP, to: &scratch)
      case .srcPort:
        scratch.append(contentsOf: String(columns.srcPort ?? 0).utf8)
        kind = .number
      case .dstPort:
        scratch.append(contentsOf: String(columns.dstPort ?? 0).utf8)
        kind = .number
      case .severity:
        scratch.append(contentsOf: String(columns.severity.rawValue).utf8)
        kind = .number
      case .sourceType: scratch.append(contentsOf: columns.sourceType.utf8)
      case .eventID: scratch.append(contentsOf: (columns.eventID ?? "").utf8)
      case .proto: scratch.append(contentsOf: (columns.proto ?? "").utf8)
      case .host: scratch.append(contentsOf: (columns.host ?? "").utf8)
      case .user: scratch.append(contentsOf: (columns.user ?? "").utf8)
      case .process: scratch.append(contentsOf: (columns.process ?? "").utf8)
      case .action: scratch.append(contentsOf: (columns.action ?? "").utf8)
      case .outcome: scratch.append(contentsOf: (columns.outcome ?? "").utf8)
      case .message: scratch.append(contentsOf: (columns.message ?? "").utf8)
      }
      fields.append(
        name: text.span.bytes.extracting(ranges[column.rawValue]), value: scratch.span.bytes,
        kind: kind, derived: true)
    }
  }

  /// The name of each column, as the public interface has it.
  static let columnNames: [Column: String] = [
    .ts: "ts", .sourceType: "source_type", .eventID: "event_id", .severity: "severity",
    .srcIP: "src_ip", .srcPort: "src_port", .dstIP: "dst_ip", .dstPort: "dst_port",
    .proto: "protocol", .host: "host", .user: "user", .process: "process", .action: "action",
    .outcome: "outcome", .message: "message",
  ]

  /// The names behind each other, and where each is.
  private static let nameText: [UInt8] = Column.allCases.flatMap {
    Array((columnNames[$0] ?? "").utf8)
  }

  private static let nameRanges: [Range<Int>] = {
    var end = 0
    return Column.allCases.map { column in
      let start = end
      end += (columnNames[column] ?? "").utf8.count
      return start..<end
    }
  }()

  private static func append(_ address: IPAddress?, to buffer: inout [UInt8]) {
    guard let address else { return }
    guard address.family == .v4 else {
      buffer.append(contentsOf: address.description.utf8)
      return
    }
    for shift in [24, 16, 8, 0] {
      let octet = UInt8(truncatingIfNeeded: address.value >> UInt128(shift))
      if octet >= 100 { buffer.append(UInt8(ascii: "0") + octet / 100) }
      if octet >= 10 { buffer.append(UInt8(ascii: "0") + octet / 10 % 10) }
      buffer.append(UInt8(ascii: "0") + octet % 10)
      if shift > 0 { buffer.append(UInt8(ascii: ".")) }
    }
  }
}
