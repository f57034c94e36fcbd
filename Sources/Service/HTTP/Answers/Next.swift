internal import Hummingbird

/// What a middleware calls to go on. Hummingbird's own spelling of this type is without
/// `@concurrent`, which means another thing under `NonisolatedNonsendingByDefault`.
typealias Next =
  @concurrent (Request, HarrierRequestContext) async throws -> Response
