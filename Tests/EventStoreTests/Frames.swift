import Compression

enum Frames {
  static func compress(_ record: [UInt8], _ dictionary: ZstdDictionary) throws -> [UInt8] {
    try ZstdCompressor(dictionary: dictionary).compress(record)
  }
}
