/// The values of one statement laid out for libpq; reused from statement to statement.
@safe final class ParameterBuffer {
  private var bytes: [UInt8] = []
  private var offsets: [Int] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private var pointers: [UnsafePointer<CChar>?] = unsafe []

  func fill(_ values: [PostgresValue]) {
    bytes.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    for value in values {
      offsets.append(value.isNull ? -1 : bytes.count)
      let start = bytes.count
      value.encode(into: &bytes)
      lengths.append(Int32(bytes.count - start))
    }
    // A value of no bytes is no null: its pointer must be one, so the buffer must have a byte.
    bytes.append(0)
    while formats.count < values.count { formats.append(1) }
  }

  /// Lends the arrays that `PQexecPrepared` and `PQsendQueryPrepared` take.
  func withArrays<R>(
    _ body: (
      _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
      _ formats: UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    unsafe bytes.withUnsafeBytes { buffer in
      let base = buffer.baseAddress
      unsafe pointers.removeAll(keepingCapacity: true)
      for offset in offsets {
        unsafe pointers.append(
          offset < 0 ? nil : base.map { unsafe ($0 + offset).assumingMemoryBound(to: CChar.self) })
      }
      return unsafe pointers.withUnsafeBufferPointer { pointers in
        unsafe lengths.withUnsafeBufferPointer { lengths in
          unsafe formats.withUnsafeBufferPointer { formats in
            unsafe body(pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}
