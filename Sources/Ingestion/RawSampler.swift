public import EventStore
internal import NIOConcurrencyHelpers

/// Keeps a few thousand records of each source type that has no dictionary yet, and trains one when
/// it has enough.
///
/// Source types are named by senders, so their number and the bytes of all samples are bounded; a
/// source type that has gone quiet makes room for one that is busy.
public final class RawSampler: Sendable {
  private struct State {
    var samples: RawSamples
    var failed: Set<String> = []
    var training: String?
    var wake: CheckedContinuation<Void, Never>?

    /// Source types beside those that are sampled, none of which may be sampled.
    func spoken(_ dictionaries: RawRecords.Dictionaries) -> Int {
      dictionaries.count + failed.count + (training == nil ? 0 : 1)
    }

    func isExcluded(_ sourceType: String) -> Bool {
      failed.contains(sourceType) || training == sourceType
    }
  }

  private let records: RawRecords
  private let state: NIOLockedValueBox<State>

  public init(records: RawRecords) {
    self.records = records
    state = NIOLockedValueBox(
      State(samples: RawSamples(limits: RawSampleLimits(sourceTypes: RawRecords.dictionaryLimit))))
  }

  /// Whether records of that source type are still collected.
  func wants(_ sourceType: String) -> Bool {
    let dictionaries = records.dictionaries
    return state.withLockedValue { state in
      !state.isExcluded(sourceType)
        && state.samples.hasRoom(for: sourceType, beside: state.spoken(dictionaries))
    }
  }

  /// Offers records of one source type, of a batch that found no dictionary for it.
  func offer(_ sourceType: String, _ offered: [[UInt8]]) {
    let dictionaries = records.dictionaries
    let wake: CheckedContinuation<Void, Never>? = state.withLockedValue { state in
      guard !state.isExcluded(sourceType), dictionaries.dictionary(for: sourceType) == nil else {
        return nil
      }
      state.samples.add(offered, of: sourceType, beside: state.spoken(dictionaries))
      guard state.samples.hasFull else { return nil }
      defer { state.wake = nil }
      return state.wake
    }
    wake?.resume()
  }

  /// Trains dictionaries as samples fill up, until it is cancelled. A source type whose records make
  /// no dictionary is stored as it comes; `failed` is told.
  public func run(failed: @Sendable (_ sourceType: String, any Error) -> Void) async {
    while !Task.isCancelled {
      guard let (sourceType, samples) = takeFull() else {
        await waitUntilFull()
        continue
      }
      do {
        try await records.train(on: samples, of: sourceType)
      } catch {
        failed(sourceType, error)
      }
      let hasDictionary = records.dictionaries.dictionary(for: sourceType) != nil
      state.withLockedValue { state in
        state.training = nil
        if !hasDictionary { state.failed.insert(sourceType) }
      }
    }
  }

  private func takeFull() -> (String, [[UInt8]])? {
    state.withLockedValue { state in
      let full = state.samples.takeFull()
      state.training = full?.0
      return full
    }
  }

  private func waitUntilFull() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let proceed = state.withLockedValue { state in
          guard !state.samples.hasFull, !Task.isCancelled else { return true }
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
