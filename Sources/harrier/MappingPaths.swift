import Normalization

#if canImport(Glibc)
  import Glibc
#endif

/// The mapping files of a user, before those that are built in.
enum MappingPaths {
  /// Bytes of one file.
  private static let limit = 4 << 20

  /// - Parameter paths: files, and folders whose `*.json` are read in the order of their names.
  /// - Throws: `CommandError` that names the file, the place in it, and the fix.
  static func load(_ paths: [String]) throws -> MappingCatalog {
    guard !paths.isEmpty else { return .builtIn }
    let files = try paths.flatMap { try self.files(at: $0) }.map { path in
      MappingFile(name: path, bytes: try FileText.bytes(path, limit: limit))
    }
    do {
      return try MappingCatalog(files: files)
    } catch {
      throw CommandError(.usage, "mappings: \(error)")
    }
  }

  private static func files(at path: String) throws -> [String] {
    guard let folder = opendir(path) else {
      guard errno == ENOTDIR else { throw CommandError(.notFound, "\(path): \(FileText.reason())") }
      return [path]
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().map { "\(path)/\($0)" }
  }
}
