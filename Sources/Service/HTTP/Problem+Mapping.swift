internal import Core
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import Postgres

extension Problem {
  /// What the caller is told of an error, or nil where it is our bug and he is told nothing but that.
  static func describing(_ error: any Error) -> Problem? {
    switch error {
    case let problem as Problem: problem
    case let error as PostgresError: describing(error)
    case is CancellationError: .cancelled
    case is HTTPParserError: .brokenOff
    case is NIOTooManyBytesError:
      Problem(
        slug: "body_too_large", title: "The body is too large", status: 413,
        detail: "the body is larger than this endpoint takes")
    case let error as any HTTPResponseError where error.status.code == 404: .notFound
    case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
      .status(error.status.code, error.status.reasonPhrase)
    default: nil
    }
  }

  private static func describing(_ error: PostgresError) -> Problem? {
    if error.isConnectionLoss { return .unavailable }
    switch error.code {
    case .poolTimeout, .poolFull, .poolClosed: return .unavailable
    case .statementTimeout: return .queryTimeout
    case .cancelled: return .cancelled
    default: return error.isRetryable ? .unavailable : nil
    }
  }
}
