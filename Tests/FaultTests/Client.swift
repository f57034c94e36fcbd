internal import Foundation
internal import ServiceHarness

/// A sender as shippers are: it keeps a batch until it is acknowledged, and sends it again under the
/// same key, to the next node, after a broken connection, a timeout or a 503.
struct Client {
  private static let timeoutSeconds = 5

  let ports: [Int]
  let keys: [Tenant: String]
  let queue: DeliveryQueue
  let deadline: Date
  /// The node that it sends to.
  private var node: Int
  private var connection: HTTPConnection?

  init(number: Int, ports: [Int], keys: [Tenant: String], queue: DeliveryQueue, deadline: Date) {
    self.ports = ports
    self.keys = keys
    self.queue = queue
    self.deadline = deadline
    node = number % ports.count
  }

  /// Runs on a thread of its own until the queue is empty.
  mutating func run() {
    while let (number, batch, key) = queue.take() {
      do {
        try deliver(batch, key)
        queue.acknowledge(number)
      } catch {
        queue.fail("\(key) (\(batch.events) events): \(error)")
      }
    }
  }

  private mutating func deliver(_ batch: Batch, _ key: String) throws {
    let request = HTTPRequest(
      "POST", "/api/events",
      headers: [
        ("Authorization", "Bearer \(keys[batch.tenant] ?? "")"),
        ("Content-Type", "application/x-ndjson"), ("Idempotency-Key", key),
      ], body: batch.body)
    var last = "nothing was tried"
    while Date() < deadline, !queue.hasFailed {
      do {
        let response = try exchange(request)
        if response.status == 200 { return try check(response, batch) }
        last = "\(response.status) \(response.text)"
        guard response.status == 503 else { throw Refusal(answer: last) }
      } catch let refusal as Refusal {
        throw refusal
      } catch {
        last = "\(error)"
      }
      turnToNextNode()
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw HarnessError("not acknowledged in time; the last answer was: \(last)")
  }

  private mutating func turnToNextNode() {
    connection = nil
    node = (node + 1) % ports.count
  }

  private mutating func exchange(_ request: HTTPRequest) throws -> HTTPResponse {
    let open =
      try connection
      ?? HTTPConnection(port: ports[node], timeoutSeconds: Self.timeoutSeconds)
    connection = open
    let response = try open.exchange(request)
    if response.header("connection")?.lowercased() == "close" { connection = nil }
    return response
  }

  /// An acknowledgement accounts for every event of its batch.
  private func check(_ response: HTTPResponse, _ batch: Batch) throws {
    let receipt = try JSONDecoder().decode(Receipt.self, from: Data(response.body))
    guard receipt.received == batch.events, receipt.quarantined == 0,
      receipt.stored + receipt.duplicates == batch.events
    else { throw Refusal(answer: response.text) }
  }
}

private struct Receipt: Decodable {
  var received: Int
  var stored: Int
  var duplicates: Int
  var quarantined: Int
}

/// An answer that no sender should get here.
private struct Refusal: Error, CustomStringConvertible {
  var answer: String
  var description: String { "answered \(answer)" }
}
