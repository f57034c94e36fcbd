internal import Sigma

/// Memory that detectors need while they run, one for each thread.
///
/// Keep it and use it for all batches, whatever their organization: what belongs to the installation's
/// rules, which costs most, serves all of them. It holds on to the rules that it was last used for.
public struct DetectorScratch: Sendable {
  struct Slot: Sendable {
    let layer: RuleLayer
    var matcher: MatcherScratch
    var lastUse = 0
  }

  var slots: [Slot] = []
  var explanation = ExplanationScratch()
  /// For each layer of the detector its slot.
  private(set) var positions: [Int] = []
  private var detector: Detector?
  private var uses = 0

  /// Layers whose memory is kept; a detector has three at most.
  private static let capacity = 6

  public init() {}

  /// Makes ready what `detector` needs; next to nothing if it is the one of the last time.
  @inline(__always)
  mutating func bind(to detector: Detector) {
    if self.detector === detector { return }
    rebind(to: detector)
  }

  @inline(never)
  private mutating func rebind(to detector: Detector) {
    uses += 1
    let layers = detector.allLayers
    for layer in layers {
      if let known = slots.firstIndex(where: { $0.layer === layer }) {
        slots[known].lastUse = uses
      } else {
        if slots.count >= Self.capacity, let oldest = slots.indices.min(by: isOlder) {
          slots.remove(at: oldest)
        }
        slots.append(Slot(layer: layer, matcher: layer.matcher.makeScratch(), lastUse: uses))
      }
    }
    positions = layers.compactMap { layer in slots.firstIndex { $0.layer === layer } }
    self.detector = detector
  }

  private func isOlder(_ left: Int, _ right: Int) -> Bool {
    slots[left].lastUse < slots[right].lastUse
  }
}
