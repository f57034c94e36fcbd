/// Why a private server could not be started or stopped.
public struct PrivateServerError: Error, Sendable {
  public enum Code: String, Sendable {
    /// A program is not installed; the message names the line that installs it.
    case missingProgram
    /// A folder or file could not be made or used.
    case folder
    /// Another server runs on the folder.
    case alreadyRunning
    /// The server ended, or did not get ready in time; the message ends with its last words.
    case startFailed
    /// The server did not end in time.
    case stopFailed
  }

  public let code: Code
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension PrivateServerError: CustomStringConvertible {
  public var description: String { message }
}
