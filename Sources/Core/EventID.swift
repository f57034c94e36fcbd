/// A 128-bit identifier in UUID form.
///
/// An event's id is of version 8 (RFC 9562 §5.8): its first 48 bits are the event's `ts` in
/// milliseconds since 1970, so that an id alone names the month partition that holds the event. The
/// other bits come from the sender's own event id, from (batch key, index), or from a random source.
public struct EventID: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An id of version 8 for an event that happened at `timestamp`.
  ///
  /// - Parameter entropy: 74 of its 128 bits are kept: 12 of the first word, 62 of the second.
  public init(timestamp: Timestamp, entropy: (UInt64, UInt64)) {
    let milliseconds = UInt64(bitPattern: timestamp.millisecondsFloored) & 0xFFFF_FFFF_FFFF
    high = milliseconds << 16 | 0x8000 | (entropy.0 & 0x0FFF)
    low = 0x8000_0000_0000_0000 | (entropy.1 & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// The millisecond that an id of version 8 carries.
  public var timestamp: Timestamp {
    let signed = Int64(bitPattern: high) >> 16
    return Timestamp(microseconds: signed * 1000)
  }
}

extension EventID: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

extension EventID: CustomStringConvertible, LosslessStringConvertible {
  /// The 36 characters of RFC 9562 §4, in lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for nibble in 0..<32 {
        if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = nibble < 16 ? high : low
        let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - (nibble & 15) * 4)) & 15
        buffer[position] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        position += 1
      }
      return 36
    }
  }

  /// Reads the 36-character form, in either case; nil for anything else.
  public init?(_ description: String) {
    var words: (UInt64, UInt64) = (0, 0)
    var nibbles = 0
    var position = 0
    for byte in description.utf8 {
      defer { position += 1 }
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard nibbles < 32, let value = hexDigitValue(byte) else { return nil }
      if nibbles < 16 {
        words.0 = words.0 << 4 | UInt64(value)
      } else {
        words.1 = words.1 << 4 | UInt64(value)
      }
      nibbles += 1
    }
    guard nibbles == 32, position == 36 else { return nil }
    self.init(high: words.0, low: words.1)
  }
}

/// The value of an ASCII hexadecimal digit, or nil.
@inlinable
public func hexDigitValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
