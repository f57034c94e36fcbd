import Glibc

/// Folders and small files of a private server.
public enum ServerFolder {
  /// The longest path of a socket: `sun_path` has 108 bytes with the final NUL (unix(7)).
  static let longestSocketPath = 107

  /// Makes the folder and those above it; the folder itself with mode 0700 and the account's.
  static func make(_ path: String, for account: ServerAccount) throws {
    try makeParents(path)
    if unsafe mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw PrivateServerError(.folder, "\(path) can't be made: \(errorText())")
    }
    if account.isAnother {
      guard unsafe chown(path, account.user, account.group) == 0 else {
        throw PrivateServerError(.folder, "\(path) can't be given to a server: \(errorText())")
      }
    }
    guard unsafe chmod(path, 0o700) == 0 else {
      throw PrivateServerError(.folder, "\(path) can't be made private: \(errorText())")
    }
  }

  private static func makeParents(_ path: String) throws {
    var end = path.index(after: path.startIndex)
    while let slash = path[end...].firstIndex(of: "/") {
      let parent = String(path[..<slash])
      if unsafe mkdir(parent, 0o755) != 0 && errno != EEXIST {
        throw PrivateServerError(.folder, "\(parent) can't be made: \(errorText())")
      }
      end = path.index(after: slash)
    }
  }

  /// The path from the root, without `.`, `..` or links where it exists.
  static func absolute(_ path: String) throws -> String {
    var whole = path
    if !path.hasPrefix("/") {
      guard let current = unsafe getcwd(nil, 0) else {
        throw PrivateServerError(.folder, "the current folder can't be read: \(errorText())")
      }
      defer { unsafe free(current) }
      whole = unsafe String(cString: current) + "/" + path
    }
    if let real = unsafe realpath(whole, nil) {
      defer { unsafe free(real) }
      return unsafe String(cString: real)
    }
    while whole.count > 1 && whole.hasSuffix("/") { whole.removeLast() }
    return whole
  }

  /// A new private folder with a short path, for sockets whose own folder's is too long.
  static func makeShort(for account: ServerAccount) throws -> String {
    var roots = ["/tmp"]
    if !account.isAnother, let runtime = unsafe getenv("XDG_RUNTIME_DIR") {
      unsafe roots.insert(String(cString: runtime), at: 0)
    }
    for root in roots where root.utf8.count < 64 {
      var template = Array("\(root)/harrier-XXXXXX".utf8CString)
      guard unsafe mkdtemp(&template) != nil else { continue }
      let path = String(
        decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      try make(path, for: account)
      return path
    }
    throw PrivateServerError(.folder, "no folder for sockets can be made in \(roots)")
  }

  static func names(in path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }
}
