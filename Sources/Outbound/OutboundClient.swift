internal import COutbound
internal import Core
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// Sends requests to addresses that users chose.
///
/// Each transfer blocks one of a fixed set of threads. The address is checked when the connection is
/// made, so a name that answers differently a second time gains nothing; redirects are not followed, no
/// proxy is used, certificates are verified, and the answer's body is thrown away.
public final class OutboundClient: Sendable {
  public struct Limits: Sendable {
    public var threads = 8
    public var timeout: Duration = .seconds(10)
    public var connectTimeout: Duration = .seconds(5)
    public var responseBytes = 64 << 10

    public init() {}
  }

  private static let isStarted = outbound_start() == 0

  public let policy: OutboundPolicy
  public let limits: Limits
  private let caFile: String?
  private let threads: NIOThreadPool
  private let handles = NIOLockedValueBox<[CurlHandle]>([])

  /// - Parameter caFile: certificates that are trusted in place of the system's.
  public init(policy: OutboundPolicy, limits: Limits = Limits(), caFile: String? = nil) {
    precondition(Self.isStarted, "libcurl cannot be used")
    self.policy = policy
    self.limits = limits
    self.caFile = caFile
    threads = NIOThreadPool(numberOfThreads: limits.threads)
    threads.start()
  }

  deinit { threads.shutdownGracefully { _ in } }

  /// Sends a request, and waits for a thread first if all are busy. Cancelling the task breaks the
  /// transfer off within about a second.
  public func post(_ request: OutboundRequest) async -> OutboundResult {
    let transfer = Transfer(policy: policy, host: request.url.host)
    return await withTaskCancellationHandler {
      do {
        return try await threads.runIfActive { [self] in
          transfer.isStopped ? OutboundResult(failure: .cancelled) : perform(request, transfer)
        }
      } catch {
        return OutboundResult(failure: .cancelled)
      }
    } onCancel: {
      transfer.stop()
    }
  }

  private func perform(_ request: OutboundRequest, _ transfer: Transfer) -> OutboundResult {
    guard let handle = handles.withLockedValue({ $0.popLast() }) ?? CurlHandle() else {
      return OutboundResult(failure: .other)
    }
    defer { handles.withLockedValue { $0.append(handle) } }
    let lines = request.headers.map { "\($0.name): \($0.value)" } + ["Expect:", "Accept: */*"]
    let headers = CStrings(lines)
    let texts = CStrings([
      request.url.text, policy.allowsHTTP ? "http,https" : "https", caFile ?? "",
    ])
    let body = request.body.isEmpty ? [0] : request.body
    return unsafe body.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, let url = unsafe texts.pointers[0],
        let protocols = unsafe texts.pointers[1]
      else { return OutboundResult(failure: .other) }
      return withExtendedLifetime((headers, texts, transfer)) {
        unsafe headers.withPointers { lines in
          var post = unsafe outbound_request(
            url: url, protocols: protocols, headers: lines, header_count: headers.count,
            body: start, body_length: request.body.count,
            timeout_ms: limits.timeout.milliseconds,
            connect_timeout_ms: limits.connectTimeout.milliseconds,
            response_limit: limits.responseBytes,
            ca_file: caFile == nil ? nil : UnsafePointer(texts.pointers[2]),
            allows: { context, address, length in
              let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
              let bytes = unsafe Array(UnsafeBufferPointer(start: address, count: Int(length)))
              return transfer.allows(bytes) ? 1 : 0
            },
            stops: { context in
              let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
              return transfer.isStopped ? 1 : 0
            },
            context: Unmanaged.passUnretained(transfer).toOpaque())
          return unsafe OutboundResult(outbound_post(handle.pointer, &post))
        }
      }
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int {
    Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
