/// A number of a rule or an event: exact where it is a whole number of 64 bits.
public enum Number: Hashable, Sendable {
  case integer(Int64)
  case real(Double)

  /// Reads decimal text (`-12`, `3.5`, `1e6`), nothing around it. Nil for anything else, infinities
  /// and hexadecimal included.
  public init?(utf8 text: some Collection<UInt8>) {
    guard (1...64).contains(text.count) else { return nil }
    var digits = 0
    for byte in text {
      switch byte {
      case 0x30...0x39: digits += 1
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        break
      default: return nil
      }
    }
    guard digits > 0 else { return nil }
    let string = String(decoding: text, as: UTF8.self)
    if let whole = Int64(string) {
      self = .integer(whole)
    } else if let real = Double(string), real.isFinite {
      self = .real(real)
    } else {
      return nil
    }
  }

  public init?(_ text: String) {
    self.init(utf8: text.utf8)
  }

  public var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    }
  }
}

extension Number: Comparable {
  public static func == (left: Number, right: Number) -> Bool {
    if case .integer(let one) = left, case .integer(let other) = right { return one == other }
    return left.double == right.double
  }

  public static func < (left: Number, right: Number) -> Bool {
    if case .integer(let one) = left, case .integer(let other) = right { return one < other }
    return left.double < right.double
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(double)
  }
}
