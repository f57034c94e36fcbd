internal import Core

/// Who holds how much of a `MemoryBudget`, and who waits for it: its state, under its lock.
///
/// A ticket may be decided before its continuation is there; the decision is then kept for it.
struct MemoryLine {
  typealias Continuation = CheckedContinuation<Bool, Never>

  enum Entry: Equatable {
    case granted, refused
    case wait(ticket: UInt64)
  }

  private struct Waiter {
    let ticket: UInt64
    let bytes: Int
    let organization: OrganizationID
  }

  private(set) var free: Int
  private(set) var refused = 0
  private let share: Int
  private var held: [OrganizationID: Int] = [:]
  private var line: [Waiter] = []
  private var continuations: [UInt64: Continuation] = [:]
  private var decided: [UInt64: Bool] = [:]
  private var lastTicket: UInt64 = 0

  init(free: Int, share: Int) {
    self.free = free
    self.share = share
  }

  var waiting: Int { line.count }

  /// Takes the bytes at once, or puts the caller in line.
  mutating func enter(_ bytes: Int, for organization: OrganizationID, canWait: Bool) -> Entry {
    guard bytes <= share else {
      refused += 1
      return .refused
    }
    let isOvertaking = line.contains { $0.organization == organization || fitsShare($0) }
    let waiter = Waiter(ticket: lastTicket + 1, bytes: bytes, organization: organization)
    if !isOvertaking, bytes <= free, fitsShare(waiter) {
      grant(waiter)
      return .granted
    }
    guard canWait else {
      refused += 1
      return .refused
    }
    lastTicket = waiter.ticket
    line.append(waiter)
    return .wait(ticket: waiter.ticket)
  }

  /// Takes the bytes ahead of the line, or not at all.
  mutating func takeNow(_ bytes: Int, for organization: OrganizationID) -> Bool {
    let taker = Waiter(ticket: lastTicket, bytes: bytes, organization: organization)
    guard bytes <= free, fitsShare(taker) else {
      refused += 1
      return false
    }
    grant(taker)
    return true
  }

  /// Tells who is to be woken for a ticket; the decision, if there is one already.
  mutating func attach(_ continuation: Continuation, to ticket: UInt64) -> Bool? {
    if let decision = decided.removeValue(forKey: ticket) { return decision }
    continuations[ticket] = continuation
    return nil
  }

  /// Takes a ticket out of the line, if it still waits.
  ///
  /// - Returns: whom to refuse, and whom to serve since he is gone.
  mutating func leave(
    _ ticket: UInt64, timedOut: Bool
  ) -> (left: Continuation?, served: [Continuation]) {
    guard let place = line.firstIndex(where: { $0.ticket == ticket }) else { return (nil, []) }
    if timedOut { refused += 1 }
    line.remove(at: place)
    return (decide(ticket, false), serve())
  }

  /// - Returns: whom to serve.
  mutating func giveBack(_ bytes: Int, for organization: OrganizationID) -> [Continuation] {
    let left = held[organization, default: 0] - bytes
    precondition(left >= 0, "an organization gives back what it holds")
    held[organization] = left == 0 ? nil : left
    free += bytes
    return serve()
  }

  private mutating func serve() -> [Continuation] {
    var served: [Continuation] = []
    var passed: Set<OrganizationID> = []
    var index = 0
    while index < line.count {
      let waiter = line[index]
      guard !passed.contains(waiter.organization), fitsShare(waiter) else {
        passed.insert(waiter.organization)
        index += 1
        continue
      }
      guard waiter.bytes <= free else { break }
      line.remove(at: index)
      grant(waiter)
      if let continuation = decide(waiter.ticket, true) { served.append(continuation) }
    }
    return served
  }

  private mutating func grant(_ waiter: Waiter) {
    free -= waiter.bytes
    held[waiter.organization, default: 0] += waiter.bytes
  }

  private mutating func decide(_ ticket: UInt64, _ decision: Bool) -> Continuation? {
    if let continuation = continuations.removeValue(forKey: ticket) { return continuation }
    decided[ticket] = decision
    return nil
  }

  private func fitsShare(_ waiter: Waiter) -> Bool {
    held[waiter.organization, default: 0] + waiter.bytes <= share
  }
}
