public import Access
public import Core
public import Hummingbird
internal import NIOCore
internal import RateLimits

/// What the service knows of a request beside the request itself.
public struct HarrierRequestContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  /// Who makes the request; nil until a credential was proved. Routes that need one read it by
  /// ``authenticated()``.
  public var principal: Principal?
  /// What is left to the principal; nil where nothing is counted.
  var rate: RateDecision?
  /// In the answer's `X-Request-ID` and in every log line.
  public var requestID: String
  public let timings: RequestTimings
  let auditNote = AuditNote()
  private let channel: any Channel
  /// Who a trusted proxy says the client is.
  var forwarded: IPAddress?

  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    principal = nil
    requestID = ""
    timings = RequestTimings()
    channel = source.channel
    forwarded = nil
  }

  /// The client: the peer of the connection (`127.0.0.1` for a unix socket), or whom a trusted proxy
  /// names.
  public var remoteAddress: IPAddress { forwarded ?? peer }

  var peer: IPAddress {
    channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) } ?? IPAddress(v4: 0x7F00_0001)
  }

  /// Closes the connection at once, whatever is being written.
  func breakOff() {
    channel.close(promise: nil)
  }

  /// The principal.
  ///
  /// - Throws: the ``Problem`` 401 `credentials_missing`.
  public func authenticated() throws(Problem) -> Principal {
    guard let principal else { throw .credentialsMissing }
    return principal
  }

  /// The principal, if it has the scope.
  ///
  /// - Throws: the ``Problem`` 401 `credentials_missing` or 403 `insufficient_scope`.
  public func authorized(for scope: Scope) throws(Problem) -> Principal {
    let principal = try authenticated()
    try principal.require(scope)
    return principal
  }
}
