import Core
import Postgres

extension CommandError {
  /// The exit code and the words for an error from below.
  static func wrapping(_ error: any Error) -> any Error {
    switch error {
    case let error as Problem:
      let code: Code =
        switch error.status {
        case 401, 403: .credentials
        case 404: .notFound
        default: .usage
        }
      let fields = error.errors.map { " (\($0.pointer): \($0.detail))" }.joined()
      return CommandError(code, error.detail + fields)
    case let error as PostgresError where error.code == .migration:
      return CommandError(.found, error.message)
    case let error as PostgresError:
      return CommandError(error.isConnectionLoss ? .tryAgain : .bug, "\(error)")
    default:
      return error
    }
  }
}
