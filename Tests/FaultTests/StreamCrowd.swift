internal import Foundation
internal import Glibc
internal import ServiceHarness

/// Many clients of live streams on one thread. Each follows its tenant's incidents, and comes back
/// behind the last event that it has seen whenever its stream ends; some are cut off at random.
final class StreamCrowd: Sendable {
  struct Report: Sendable {
    var faults: [String] = []
    var connections = 0
    var messages = 0
    var unfinished = 0
    /// The reasons that streams gave, for those that are closed.
    var ends: [String] = []
    var open = 0
  }

  private struct Orders: Sendable {
    /// Cut-offs in a second.
    var cuts = 0
    /// Up to which number each tenant's clients are to follow; nil while there is more to come.
    var goals: [Int]?
    var staysAway = false
    var isOver = false
    /// Clients that have been told where they are.
    var ready = 0
    var isComplete = false
  }

  private let orders = Locked(Orders())
  let readers: Int
  let tenants: [(slug: String, key: String)]
  let ports: [Int]

  init(readers: Int, tenants: [(slug: String, key: String)], ports: [Int]) {
    self.readers = readers
    self.tenants = tenants
    self.ports = ports
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  var ready: Int { orders.withLock { $0.ready } }

  func cut(perSecond cuts: Int) { orders.withLock { $0.cuts = cuts } }
  func finish(at goals: [Int]) { orders.withLock { $0.goals = goals } }
  /// Whoever is cut off from now on does not come back.
  func stayAway() { orders.withLock { $0.staysAway = true } }
  func stop() { orders.withLock { $0.isOver = true } }

  /// Runs until it is stopped.
  func run(seed: UInt64, until deadline: Date) -> Report {
    var random = SeededGenerator(seed: seed)
    var clients = (0..<readers).map {
      StreamReader(tenant: $0 % tenants.count, sleeps: $0 % 100 < tenants.count)
    }
    var scratch = [UInt8](repeating: 0, count: 1 << 16)
    var owed = 0.0
    var before = Date()
    var orders = Orders()
    while Date() < deadline {
      orders = self.orders.withLock { $0 }
      if orders.isOver { break }
      if !orders.staysAway { reopen(&clients, &random) }
      let now = Date()
      owed += now.timeIntervalSince(before) * Double(orders.cuts)
      before = now
      while owed >= 1 {
        owed -= 1
        clients[Int.random(in: 0..<clients.count, using: &random)].close()
      }
      poll(&clients, &scratch, wakesAll: orders.goals != nil)
      let ready = clients.count { $0.last != nil }
      let goals = orders.goals
      let isComplete = goals.map { goals in
        clients.allSatisfy { $0.last == goals[$0.tenant] }
      }
      self.orders.withLock {
        $0.ready = ready
        $0.isComplete = isComplete ?? false
      }
    }
    return report(&clients, orders.goals)
  }

  /// Whether every client has seen all that there is.
  var isComplete: Bool { orders.withLock { $0.isComplete } }

  private func reopen(_ clients: inout [StreamReader], _ random: inout SeededGenerator) {
    // A few at a time, so that what comes is read meanwhile.
    var left = 100
    for index in clients.indices where !clients[index].isOpen && left > 0 {
      left -= 1
      let port = ports[Int.random(in: 0..<ports.count, using: &random)]
      clients[index].open(port: port, key: tenants[clients[index].tenant].key)
    }
  }

  private func poll(
    _ clients: inout [StreamReader], _ scratch: inout [UInt8], wakesAll: Bool
  ) {
    let awake = clients.indices.filter {
      // A sleeper reads where it is, and then nothing more for a while.
      clients[$0].isOpen && (!clients[$0].sleeps || wakesAll || clients[$0].last == nil)
    }
    var descriptors = awake.map {
      pollfd(fd: clients[$0].socket, events: Int16(POLLIN), revents: 0)
    }
    guard Glibc.poll(&descriptors, nfds_t(descriptors.count), 20) > 0 else { return }
    for (index, descriptor) in zip(awake, descriptors) where descriptor.revents != 0 {
      clients[index].read(&scratch, title: tenants[clients[index].tenant].slug)
    }
  }

  private func report(_ clients: inout [StreamReader], _ goals: [Int]?) -> Report {
    var report = Report()
    for index in clients.indices {
      let client = clients[index]
      report.faults += client.faults.prefix(3).map { "\(tenants[client.tenant].slug): \($0)" }
      report.connections += client.connections
      report.messages += (client.last ?? 0) - (client.start ?? 0)
      if let goals, client.last != goals[client.tenant] { report.unfinished += 1 }
      if client.isOpen { report.open += 1 } else { report.ends.append(client.end ?? "none") }
      clients[index].close()
    }
    return report
  }
}
