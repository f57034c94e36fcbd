internal import Compression
internal import NIOConcurrencyHelpers
internal import Normalization
internal import Rulebook

/// What staging a batch needs and what is costly to make: buffers, a compressor, a normalizer with its
/// tables, the matcher's memory. Used by one batch at a time and then by another, hence `@unchecked`.
struct StagingTools: @unchecked Sendable {
  var normalizer: Normalizer
  var event = NormalizedEvent()
  var identity = EventIdentity()
  var matching = DetectorScratch()
  var frame: [UInt8] = []
  let compressor: ZstdCompressor

  init(mappings: MappingCatalog) throws {
    normalizer = Normalizer(catalog: mappings)
    compressor = try ZstdCompressor()
  }
}

/// Tools that wait for their next batch.
final class StagingToolbox: Sendable {
  /// More are not kept: so many batches are never staged at once on a machine of sensible size.
  private static let capacity = 32

  private let mappings: MappingCatalog
  private let idle = NIOLockedValueBox<[StagingTools]>([])

  init(mappings: MappingCatalog) {
    self.mappings = mappings
  }

  func take() throws -> StagingTools {
    if let tools = idle.withLockedValue({ $0.popLast() }) { return tools }
    return try StagingTools(mappings: mappings)
  }

  func giveBack(_ tools: StagingTools) {
    idle.withLockedValue { idle in
      if idle.count < Self.capacity { idle.append(tools) }
    }
  }
}
