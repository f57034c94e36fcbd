/// Why a file of mappings can't be used, and where in it.
public struct MappingFileError: Error, Hashable, Sendable {
  public let file: String
  /// A JSON pointer (RFC 6901); empty for the whole file.
  public let pointer: String
  /// What is wrong there, and what to write instead.
  public let message: String

  public init(file: String, pointer: String, message: String) {
    self.file = file
    self.pointer = pointer
    self.message = message
  }
}

extension MappingFileError: CustomStringConvertible {
  public var description: String {
    pointer.isEmpty ? "\(file): \(message)" : "\(file): \(pointer): \(message)"
  }
}
