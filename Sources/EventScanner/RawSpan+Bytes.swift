#if canImport(Glibc)
  internal import Glibc
#endif

extension RawSpan {
  /// One byte; traps outside the span.
  @inlinable @inline(__always)
  package func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes, the first in the lowest bits; traps if they reach outside the span.
  @inlinable @inline(__always)
  package func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Whether `range` holds exactly the bytes of an ASCII or UTF-8 literal.
  @inlinable
  public func equals(_ literal: StaticString, in range: Range<Int>) -> Bool {
    guard range.count == literal.utf8CodeUnitCount, range.upperBound <= byteCount else {
      return false
    }
    return literal.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where unsafe wanted[index] != byte(at: range.lowerBound + index)
      {
        return false
      }
      return true
    }
  }

  /// The offset of the next `\n` at or behind `start`; nil if there is none.
  func newline(from start: Int) -> Int? {
    guard start < byteCount else { return nil }
    return unsafe withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress else { return nil }
      guard let found = unsafe memchr(base + start, 0x0A, bytes.count - start) else { return nil }
      return unsafe found - UnsafeMutableRawPointer(mutating: base)
    }
  }
}

/// Eight bytes at once in an ordinary register. In each answer the lowest marked byte is exact; marks
/// above it may be false (a borrow), so that only the first is ever used.
@usableFromInline
enum SWAR {
  @inlinable @inline(__always)
  static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  @inlinable @inline(__always)
  static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- repeated(0x01)) & ~word & repeated(0x80)
  }

  /// Marks the bytes at which a JSON string is not plain ASCII text: a quote, a backslash, a control
  /// character, a byte of a multi-byte sequence.
  @inlinable @inline(__always)
  static func stringStops(_ word: UInt64) -> UInt64 {
    let quote = word ^ repeated(0x22)
    let backslash = word ^ repeated(0x5C)
    let quotes = (quote &- repeated(0x01)) & ~quote
    let backslashes = (backslash &- repeated(0x01)) & ~backslash
    let controls = (word &- repeated(0x20)) & ~word
    return (quotes | backslashes | controls | word) & repeated(0x80)
  }
}
