/// What an invalidation reaches: every cached value whose scope lies under a prefix.
///
/// A pattern is a prefix of words, separated by colons, that ends in a star: `incidents:org:42:*`,
/// `incidents:*`, `events:org:42:2026-11:*`, or `*` for all. A word is made of ASCII letters, digits
/// and `._@-`. There is no star elsewhere, so invalidating is one increment rather than a search.
public struct CachePattern: Hashable, Sendable, CustomStringConvertible {
  /// The prefix without its star: `incidents:org:42`; empty for all.
  public let prefix: String

  /// - Throws: `ListCacheError` with `.invalidPattern`.
  public init(_ text: String) throws(ListCacheError) {
    var words = text.split(separator: ":", omittingEmptySubsequences: false)
    guard words.popLast() == "*" else {
      throw ListCacheError(.invalidPattern, "the pattern must end in a star, as in incidents:*")
    }
    guard words.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isWordByte) }) else {
      throw ListCacheError(
        .invalidPattern, "the pattern's words must be of letters, digits and ._@- and not empty")
    }
    guard words.count <= 8, text.utf8.count <= 200 else {
      throw ListCacheError(.invalidPattern, "the pattern must have at most 8 words and 200 bytes")
    }
    prefix = words.joined(separator: ":")
  }

  private init(prefix: String) {
    self.prefix = prefix
  }

  public static let all = CachePattern(prefix: "")

  public var description: String { prefix.isEmpty ? "*" : prefix + ":*" }

  /// This pattern and all that reach further, from the widest on: `*`, `incidents:*`, ….
  var withAncestors: [CachePattern] {
    var patterns = [Self.all]
    var position = prefix.startIndex
    while position < prefix.endIndex {
      let end = prefix[position...].firstIndex(of: ":") ?? prefix.endIndex
      patterns.append(CachePattern(prefix: String(prefix[..<end])))
      position = end < prefix.endIndex ? prefix.index(after: end) : end
    }
    return patterns
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-")].contains(byte)
    }
  }
}

extension CachePattern: ExpressibleByStringLiteral {
  /// For patterns that the program itself writes; one that is none is a mistake of the program.
  public init(stringLiteral text: String) {
    do throws(ListCacheError) {
      try self.init(text)
    } catch {
      preconditionFailure(error.message)
    }
  }
}
