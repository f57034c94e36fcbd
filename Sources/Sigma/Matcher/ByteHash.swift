/// A quick hash of bytes for tables whose contents rules decide. Every hit is verified, so a collision
/// costs a comparison and nothing else.
enum ByteHash {
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  static func hash(_ bytes: RawSpan, _ start: Int, _ count: Int) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: count) &* multiplier
    var position = start
    let end = start + count
    while position + 8 <= end {
      hash = mix(hash, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < end {
      rest =
        rest << 8
        | UInt64(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt8.self))
      position += 1
    }
    return finish(mix(hash, rest))
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* multiplier
    return product ^ (product >> 29)
  }

  @inline(__always)
  private static func finish(_ hash: UInt64) -> UInt64 {
    (hash ^ (hash >> 32)) &* multiplier
  }

  /// Whether `count` bytes of `left` equal as many of `right`.
  @inline(__always)
  static func equal(
    _ left: [UInt8], _ leftStart: Int, _ right: RawSpan, _ rightStart: Int, _ count: Int
  ) -> Bool {
    precondition(leftStart >= 0 && leftStart + count <= left.count)
    return unsafe left.withUnsafeBytes { left in
      var offset = 0
      while offset + 8 <= count {
        let one = unsafe left.loadUnaligned(fromByteOffset: leftStart + offset, as: UInt64.self)
        let other = unsafe right.unsafeLoadUnaligned(
          fromByteOffset: rightStart + offset, as: UInt64.self)
        if one != other { return false }
        offset += 8
      }
      while offset < count {
        let one = unsafe left[leftStart + offset]
        let other = unsafe right.unsafeLoadUnaligned(
          fromByteOffset: rightStart + offset, as: UInt8.self)
        if one != other { return false }
        offset += 1
      }
      return true
    }
  }
}
