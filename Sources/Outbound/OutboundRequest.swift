/// A POST to be sent.
public struct OutboundRequest: Sendable {
  public let url: OutboundURL
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  /// - Parameter headers: names and values of visible ASCII; nothing that a user chose.
  public init(url: OutboundURL, headers: [(name: String, value: String)], body: [UInt8]) {
    self.url = url
    self.headers = headers
    self.body = body
  }
}
