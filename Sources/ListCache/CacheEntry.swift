internal import Core

/// A value as Redis holds it: a version byte, when it was stored, its entity tag, the query it
/// answers, the snapshot it shows, and the body. The query is compared on reading, so that two queries with one hash cannot
/// be taken for each other.
struct CacheEntry: Equatable {
  var storedAt: Timestamp
  var etag: String
  var query: String
  var snapshot: String?
  var body: [UInt8]

  private static let version: UInt8 = 2

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count + query.utf8.count + etag.utf8.count + 24)
    bytes.append(Self.version)
    bytes.append(bigEndian: UInt64(bitPattern: storedAt.microseconds))
    for text in [etag, query, snapshot ?? ""] {
      bytes.append(bigEndian: UInt64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
    bytes.append(contentsOf: body)
    return bytes
  }

  init(storedAt: Timestamp, etag: String, query: String, snapshot: String? = nil, body: [UInt8]) {
    self.storedAt = storedAt
    self.etag = etag
    self.query = query
    self.snapshot = snapshot
    self.body = body
  }

  /// Nil for bytes of another form.
  init?(_ encoded: [UInt8]) {
    guard encoded.first == Self.version else { return nil }
    var rest = encoded.dropFirst()
    guard let time = rest.popBigEndian(), let etag = rest.popText(), let query = rest.popText(),
      let snapshot = rest.popText()
    else {
      return nil
    }
    self.init(
      storedAt: Timestamp(microseconds: Int64(bitPattern: time)), etag: etag, query: query,
      snapshot: snapshot.isEmpty ? nil : snapshot, body: Array(rest))
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func popBigEndian() -> UInt64? {
    guard count >= 8 else { return nil }
    defer { removeFirst(8) }
    return prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  fileprivate mutating func popText() -> String? {
    guard let length = popBigEndian(), length <= UInt64(count) else { return nil }
    defer { removeFirst(Int(length)) }
    return String(validating: prefix(Int(length)), as: UTF8.self)
  }
}
