internal import Compression
internal import Core
internal import HTTPTypes

/// How a request's body is coded (RFC 9110 §8.4).
enum BodyCoding {
  case identity, gzip

  /// - Throws: the ``Problem`` 415 for another coding, or several.
  init(_ headers: HTTPFields) throws(Problem) {
    let codings = headers[values: .contentEncoding]
    guard codings.count <= 1 else { throw .unsupportedCoding("gzip") }
    switch codings.first?.lowercased() {
    case nil, "identity", "": self = .identity
    case "gzip", "x-gzip": self = .gzip
    default: throw .unsupportedCoding("gzip")
    }
  }
}

extension Problem {
  /// What is wrong with a body that should be gzip: 413 over a limit, else 400.
  init(inflating error: CompressionError, _ limits: InflateLimits) {
    switch error.code {
    case .tooLarge, .ratioExceeded:
      self.init(
        slug: "body_too_large", title: "The body is too large", status: 413,
        detail: "the body inflates to more than \(limits.maxOutput) bytes, or more than "
          + "\(limits.maxRatio) times its size: send less at once")
    default:
      self.init(
        slug: "malformed_body", title: "Malformed body", status: 400,
        detail: "the body is not the gzip that Content-Encoding says: \(error.message)")
    }
  }
}
