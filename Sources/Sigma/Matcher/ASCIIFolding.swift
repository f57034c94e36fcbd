/// Folds ASCII letters to lower case, eight bytes at a time.
enum ASCIIFolding {
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Overwrites `folded` with `bytes` in lower case, and eight zeros behind them, so that words can be
  /// read anywhere. Answers whether all bytes are ASCII.
  static func fold(_ bytes: [UInt8], into folded: inout [UInt8]) -> Bool {
    let count = bytes.count
    if folded.count < count + 8 {
      folded.append(contentsOf: repeatElement(0, count: count + 8 - folded.count))
    }
    var high: UInt64 = 0
    unsafe bytes.withUnsafeBytes { source in
      unsafe folded.withUnsafeMutableBytes { target in
        var position = 0
        while position + 8 <= count {
          let word = unsafe source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
          high |= word
          unsafe target.storeBytes(
            of: lowercased(word), toByteOffset: position, as: UInt64.self)
          position += 8
        }
        while position < count {
          let byte = unsafe source[position]
          high |= UInt64(byte)
          unsafe target[position] = CaseFolding.foldASCII(byte)
          position += 1
        }
        unsafe target.storeBytes(of: 0, toByteOffset: count, as: UInt64.self)
      }
    }
    return high & (0x80 &* ones) == 0
  }

  /// Adds 0x20 to each byte that is an upper-case letter; bytes outside ASCII stay.
  @inline(__always)
  private static func lowercased(_ word: UInt64) -> UInt64 {
    let seven = word & (0x7F &* ones)
    let fromA = seven &+ ((0x80 - 0x41) &* ones)
    let beyondZ = seven &+ ((0x7F - 0x5A) &* ones)
    let isUpper = (fromA ^ beyondZ) & ~word & (0x80 &* ones)
    return word | (isUpper &>> 2)
  }
}
