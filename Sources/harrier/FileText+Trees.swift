#if canImport(Glibc)
  import Glibc
#endif

extension FileText {
  /// Deletes a file, or a folder with everything in it. Links are deleted, not followed.
  static func removeTree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeTree("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw CommandError(.usage, "\(path): \(reason())") }
    } else {
      guard unlink(path) == 0 else { throw CommandError(.usage, "\(path): \(reason())") }
    }
  }

  private static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw CommandError(.usage, "\(path): \(reason())") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
