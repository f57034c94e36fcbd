internal import Foundation

/// Where this repository's files and its built program are.
public enum Checkout {
  /// The package's root, as it was when the tests were compiled.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  public static let rules = "\(root)/ops/rules"
  public static let migrations = "\(root)/Migrations"

  /// The program under test: `HARRIER_BINARY`, or the debug build of this package.
  ///
  /// - Throws: `HarnessError` that says how to build it if it is missing.
  public static func binary() throws -> String {
    let named = ProcessInfo.processInfo.environment["HARRIER_BINARY"]
    let path = named ?? "\(root)/.build/debug/harrier"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw HarnessError(
        "\(path) is missing: run `swift build --product harrier`, or set HARRIER_BINARY")
    }
    return path
  }

  /// A new folder for private servers, short enough for unix sockets.
  static func makeScratchFolder() throws -> String {
    let name = "harrier-test-\(UInt32.random(in: 0 ... .max))"
    let folder = FileManager.default.temporaryDirectory.appending(path: name).path
    // Servers that run as another user must get through to their own folders.
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o711])
    return folder
  }
}
