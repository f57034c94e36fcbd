import Glibc
public import PrivateServers

/// A folder of one test process, removed at its end.
///
/// The name holds the process's id, so that a later run can remove what a killed one left behind.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// - Parameter label: says in the name what the folder is for; letters only.
  public init(_ label: String) throws {
    Self.removeStale()
    var template = Array("\(Self.root)/harrier-tests-\(getpid())-\(label)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestServersError.noTemporaryFolder }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Servers of root's run as another user.
    chmod(path, 0o755)
  }

  public func remove() {
    ServerFolder.removeTree(path)
  }

  /// Ends the server and removes the folder when the process exits.
  public func removeAtExit(with server: ServerProcess?) {
    final class Cleanup {
      let folder: TemporaryFolder
      let server: ServerProcess?
      init(_ folder: TemporaryFolder, _ server: ServerProcess?) {
        self.folder = folder
        self.server = server
      }
    }
    let cleanup = Unmanaged.passRetained(Cleanup(self, server))
    on_exit(
      { _, argument in
        guard let argument else { return }
        let cleanup = Unmanaged<Cleanup>.fromOpaque(argument).takeRetainedValue()
        cleanup.server?.endNow()
        cleanup.folder.remove()
      }, cleanup.toOpaque())
  }

  private static let root = "/tmp"

  private static func removeStale() {
    guard let folder = opendir(root) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let parts = name.split(separator: "-")
      guard name.hasPrefix("harrier-tests-"), parts.count > 2, let pid = Int32(parts[2]),
        kill(pid, 0) != 0, errno == ESRCH
      else { continue }
      ServerFolder.removeTree("\(root)/\(name)")
    }
  }
}

public enum TestServersError: Error {
  case noTemporaryFolder
}
