import CLibPQ

/// Writes the rows of one COPY; lives as long as the closure it is handed to.
@safe public struct PostgresCopyWriter {
  /// Bytes that are collected before they go to the server.
  static let flushSize = 128 * 1024

  private let session: OpaquePointer
  private let statement: StaticString
  private var buffer: [UInt8]
  private var encoder = PostgresRowEncoder()
  /// Rows written.
  public private(set) var rows = 0

  init(session: OpaquePointer, statement: StaticString, buffer: [UInt8]) {
    unsafe self.session = session
    self.statement = statement
    self.buffer = buffer
    self.buffer.removeAll(keepingCapacity: true)
    // Signature, flags, length of the header's extension (PostgreSQL manual, COPY, file formats).
    self.buffer.append(contentsOf: [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0])
    self.buffer.append(contentsOf: [UInt8](repeating: 0, count: 8))
  }

  /// Writes rows that were encoded elsewhere.
  public mutating func append(_ rows: PostgresRowEncoder) throws {
    precondition(rows.missingColumns == 0, "the last row lacks \(rows.missingColumns) columns")
    try append(encoded: rows.bytes, rows: rows.rows)
  }

  /// Writes whole rows in the form that `PostgresRowEncoder` gives them.
  public mutating func append(encoded: some Collection<UInt8>, rows: Int) throws {
    self.rows += rows
    if encoded.count >= Self.flushSize {
      try flush()
      let isSent: Void? = try encoded.withContiguousStorageIfAvailable {
        unsafe try send(UnsafeRawBufferPointer($0))
      }
      if isSent != nil { return }
    }
    buffer.appendBytes(encoded)
    if buffer.count >= Self.flushSize { try flush() }
  }

  /// Encodes and writes one row.
  public mutating func row(
    columns: Int, _ body: (inout PostgresRowEncoder) throws -> Void
  ) throws {
    encoder.removeAll()
    encoder.beginRow(columns: columns)
    try body(&encoder)
    precondition(encoder.missingColumns == 0, "the row lacks \(encoder.missingColumns) columns")
    rows += 1
    buffer.append(contentsOf: encoder.bytes)
    if buffer.count >= Self.flushSize { try flush() }
  }

  /// Writes what is collected and the trailer.
  ///
  /// - Returns: the buffer, to be used again.
  mutating func finish() throws -> [UInt8] {
    buffer.appendBigEndian(Int16(-1))
    try flush()
    return buffer
  }

  private mutating func flush() throws {
    guard !buffer.isEmpty else { return }
    unsafe try buffer.withUnsafeBytes { unsafe try send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = unsafe bytes
    while let base = rest.baseAddress, unsafe !rest.isEmpty {
      let count = min(rest.count, 1 << 20)
      let pointer = unsafe base.assumingMemoryBound(to: CChar.self)
      guard unsafe PQputCopyData(session, pointer, Int32(count)) == 1 else {
        throw unsafe PostgresError(
          result: nil, connection: session, statement: statement.description)
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
