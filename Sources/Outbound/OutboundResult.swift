internal import CCurl
internal import COutbound

/// What came of one attempt to send.
public struct OutboundResult: Sendable, Equatable {
  public enum Failure: String, Sendable {
    case addressNotAllowed = "address_not_allowed"
    case nameNotResolved = "name_not_resolved"
    case connectFailed = "connect_failed"
    case timeout
    case tls
    /// What came is no HTTP, or broke off.
    case brokenAnswer = "broken_answer"
    case badURL = "bad_url"
    /// We broke it off ourselves.
    case cancelled
    case other
  }

  /// The status of the answer; nil where none came.
  public let status: Int?
  /// Nil where there is a status.
  public let failure: Failure?
  public let retryAfterSeconds: Int?

  public init(status: Int? = nil, failure: Failure? = nil, retryAfterSeconds: Int? = nil) {
    self.status = status
    self.failure = failure
    self.retryAfterSeconds = retryAfterSeconds
  }

  init(_ response: outbound_response) {
    let code = CURLcode(UInt32(truncatingIfNeeded: response.code))
    // An answer that is too long is an answer all the same.
    if response.status >= 100, code == CURLE_OK || code == CURLE_WRITE_ERROR {
      self.init(
        status: Int(response.status),
        retryAfterSeconds: response.retry_after > 0 ? Int(response.retry_after) : nil)
    } else {
      self.init(failure: Self.failure(code, response))
    }
  }

  private static func failure(_ code: CURLcode, _ response: outbound_response) -> Failure {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: .timeout
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_ABORTED_BY_CALLBACK:
      response.refused > 0 && response.allowed == 0 ? .addressNotAllowed : .cancelled
    case CURLE_COULDNT_CONNECT:
      response.refused > 0 && response.allowed == 0 ? .addressNotAllowed : .connectFailed
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
      .tls
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE,
      CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
      CURLE_OK, CURLE_WRITE_ERROR:
      .brokenAnswer
    case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .badURL
    default: .other
    }
  }
}
