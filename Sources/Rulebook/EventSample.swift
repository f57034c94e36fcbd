internal import Core
internal import NIOConcurrencyHelpers
internal import Synchronization

/// Some of the latest events of this node.
final class EventSample: Sendable {
  private struct State {
    var events: [EventFields] = []
    var next = 0
  }

  private let state = NIOLockedValueBox(State())
  private let offers = Atomic<UInt64>(0)
  private let isFull = Atomic<Bool>(false)
  private let capacity: Int

  /// Once it is full it takes one event of so many: a prime, so that batches of one size don't offer it
  /// the same place each time.
  private static let stride: UInt64 = 251
  /// Larger ones are left out, to bound the memory.
  private static let largestEvent = 16 << 10

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Takes a copy of one event in a few, in the place of the oldest.
  @inline(__always)
  func offer(_ event: EventFields) {
    let count = offers.wrappingAdd(1, ordering: .relaxed).newValue
    if count % Self.stride == 0 || !isFull.load(ordering: .relaxed) { take(event) }
  }

  var events: [EventFields] { state.withLockedValue { $0.events } }

  @inline(never)
  private func take(_ event: EventFields) {
    guard event.bytes.count <= Self.largestEvent else { return }
    let copy = EventFields(compact: event)
    state.withLockedValue { state in
      if state.events.count < capacity {
        state.events.append(copy)
        isFull.store(state.events.count == capacity, ordering: .relaxed)
      } else {
        state.events[state.next] = copy
        state.next = (state.next + 1) % capacity
      }
    }
  }
}

extension EventFields {
  /// The same fields without the room that a reused instance has.
  fileprivate init(compact event: EventFields) {
    self.init()
    logSources = event.logSources
    let bytes = event.bytes.span.bytes
    for (index, entry) in event.entries.enumerated() {
      append(
        name: bytes.extracting(Int(entry.name.lowerBound)..<Int(entry.name.upperBound)),
        value: bytes.extracting(Int(entry.value.lowerBound)..<Int(entry.value.upperBound)),
        kind: entry.kind, derived: index >= event.recordEntryCount)
    }
  }
}
