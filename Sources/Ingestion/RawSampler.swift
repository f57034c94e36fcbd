public import EventStore
internal import NIOConcurrencyHelpers

/// Keeps a few thousand records of each source type that has no dictionary yet, and trains one when
/// it has enough.
public final class RawSampler: Sendable {
  private struct State {
    var samples: [String: [[UInt8]]] = [:]
    var bytes: [String: Int] = [:]
    var ready: [String] = []
    var finished: Set<String> = []
    var wake: CheckedContinuation<Void, Never>?
  }

  static let sampleCount = 4000
  static let sampleBytes = 6 << 20
  /// Records longer than this are not typical and would fill the sample.
  static let longestSample = 16 << 10
  /// Source types beyond this many are stored as they come.
  static let sourceTypeLimit = 64

  private let records: RawRecords
  private let state = NIOLockedValueBox(State())

  public init(records: RawRecords) {
    self.records = records
  }

  /// Whether records of that source type are still collected.
  func wants(_ sourceType: String) -> Bool {
    state.withLockedValue { state in
      !state.finished.contains(sourceType) && !state.ready.contains(sourceType)
        && (state.samples[sourceType] != nil || state.samples.count < Self.sourceTypeLimit)
    }
  }

  /// Offers records of one source type, of a batch that found no dictionary for it.
  func offer(_ sourceType: String, _ offered: [[UInt8]]) {
    let wake: CheckedContinuation<Void, Never>? = state.withLockedValue { state in
      guard !state.finished.contains(sourceType), !state.ready.contains(sourceType) else {
        return nil
      }
      for sample in offered where sample.count <= Self.longestSample {
        state.samples[sourceType, default: []].append(sample)
        state.bytes[sourceType, default: 0] += sample.count
        if state.samples[sourceType, default: []].count >= Self.sampleCount
          || state.bytes[sourceType, default: 0] >= Self.sampleBytes
        {
          state.ready.append(sourceType)
          defer { state.wake = nil }
          return state.wake
        }
      }
      return nil
    }
    wake?.resume()
  }

  /// Trains dictionaries as samples fill up, until it is cancelled. A source type whose records make
  /// no dictionary is stored as it comes; `failed` is told.
  public func run(failed: @Sendable (_ sourceType: String, any Error) -> Void) async {
    while !Task.isCancelled {
      guard let (sourceType, samples) = takeReady() else {
        await waitUntilReady()
        continue
      }
      do {
        try await records.train(on: samples, of: sourceType)
      } catch {
        failed(sourceType, error)
      }
    }
  }

  private func takeReady() -> (String, [[UInt8]])? {
    state.withLockedValue { state in
      guard !state.ready.isEmpty else { return nil }
      let sourceType = state.ready.removeFirst()
      state.finished.insert(sourceType)
      state.bytes[sourceType] = nil
      return (sourceType, state.samples.removeValue(forKey: sourceType) ?? [])
    }
  }

  private func waitUntilReady() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let proceed = state.withLockedValue { state in
          guard state.ready.isEmpty, !Task.isCancelled else { return true }
          state.wake = continuation
          return false
        }
        if proceed { continuation.resume() }
      }
    } onCancel: {
      let wake = state.withLockedValue { state in
        defer { state.wake = nil }
        return state.wake
      }
      wake?.resume()
    }
  }
}
