internal import NIOCore

/// Where an answer came from: the `X-Cache` header.
public enum CacheOutcome: String, Sendable {
  /// From the cache.
  case hit = "HIT"
  /// Loaded, by this read or by another one for the same key that it waited for.
  case miss = "MISS"
  /// Loaded, and the cache was not used.
  case bypass = "BYPASS"
}

/// An answer, encoded as it is sent.
public struct CachedBody: Sendable {
  public let content: CachedContent
  /// An entity tag (RFC 9110 §8.8.3) with its quotes. The same for all who read one cached value.
  public let etag: String
  /// Whole seconds since it was loaded: the `Age` header.
  public let age: Int
  public let outcome: CacheOutcome
  /// What the loader said of the commits that the body shows (``LoadedBody/snapshot``).
  public let snapshot: String?

  /// The body as it is.
  public var bytes: [UInt8] { Array(content.plain.readableBytesView) }
}

/// What a loader gives.
public struct LoadedBody: Sendable, Equatable {
  public var bytes: [UInt8]
  /// An entity tag of the loader's own, with its quotes; nil to have one made.
  public var etag: String?
  /// Which commits the body shows, in words of the loader's own; nil where it does not tell.
  public var snapshot: String?

  public init(bytes: [UInt8], etag: String? = nil, snapshot: String? = nil) {
    self.bytes = bytes
    self.etag = etag
    self.snapshot = snapshot
  }
}

extension CachedBody {
  /// An answer where there is no cache at all.
  public static func uncached(_ body: LoadedBody) -> CachedBody {
    CachedBody(
      content: CachedContent(body.bytes), etag: body.etag ?? ListCache.etag(body.bytes),
      age: 0, outcome: .bypass, snapshot: body.snapshot)
  }
}
