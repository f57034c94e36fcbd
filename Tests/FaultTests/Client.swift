internal import Foundation
internal import ServiceHarness

/// A sender as shippers are: it keeps a batch until it is acknowledged, and sends it again under the
/// same key after a broken connection, a timeout or a 503.
struct Client {
  private static let timeoutSeconds = 30

  let port: Int
  let key: String
  let queue: DeliveryQueue
  let deadline: Date
  private var connection: HTTPConnection?

  init(port: Int, key: String, queue: DeliveryQueue, deadline: Date) {
    self.port = port
    self.key = key
    self.queue = queue
    self.deadline = deadline
  }

  /// Runs on a thread of its own until the queue is empty.
  mutating func run() {
    while let (number, batch) = queue.take() {
      do {
        try deliver(batch)
        queue.acknowledge(number)
      } catch {
        queue.fail("\(batch.key) (\(batch.events) events): \(error)")
      }
    }
  }

  private mutating func deliver(_ batch: Batch) throws {
    let request = HTTPRequest(
      "POST", "/api/events",
      headers: [
        ("Authorization", "Bearer \(key)"), ("Content-Type", "application/x-ndjson"),
        ("Idempotency-Key", batch.key),
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
        connection = nil
        last = "\(error)"
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw HarnessError("not acknowledged in time; the last answer was: \(last)")
  }

  private mutating func exchange(_ request: HTTPRequest) throws -> HTTPResponse {
    let open =
      try connection ?? HTTPConnection(port: port, timeoutSeconds: Self.timeoutSeconds)
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
