/// Why a command could not do its work, with the exit code that scripts read.
struct CommandError: Error, CustomStringConvertible {
  /// Exit codes as documented in `harrier --help`.
  enum Code: Int32 {
    case found = 1
    case usage = 2
    case credentials = 3
    case notFound = 4
    case missingService = 69
    case bug = 70
    case tryAgain = 75
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  var description: String { message }
}
