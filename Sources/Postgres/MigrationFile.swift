import Glibc

/// A migration as it lies in its folder.
struct MigrationFile {
  let number: Int
  let name: String
  let contents: [UInt8]

  var title: String { Self.title(number, name) }

  static func title(_ number: Int, _ name: String) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
  }

  /// `NNNN_name.sql`, with four digits or more; nil for another name.
  static func parse(_ fileName: String) -> (number: Int, name: String)? {
    guard fileName.hasSuffix(".sql"), let bar = fileName.firstIndex(of: "_") else { return nil }
    let digits = fileName[..<bar]
    let name = fileName[fileName.index(after: bar)...].dropLast(4)
    guard digits.utf8.count >= 4, digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(digits), number > 0, !name.isEmpty
    else { return nil }
    return (number, String(name))
  }

  /// All migrations of a folder, by number.
  static func load(directory: String) throws(PostgresError) -> [MigrationFile] {
    var files: [MigrationFile] = []
    for fileName in try list(directory) where fileName.hasSuffix(".sql") {
      guard let (number, name) = parse(fileName) else {
        throw PostgresError(
          .migration, "\(fileName) is no migration: name it NNNN_name.sql, numbers from 0001")
      }
      files.append(
        MigrationFile(
          number: number, name: name, contents: try read("\(directory)/\(fileName)")))
    }
    files.sort { $0.number < $1.number }
    for (first, second) in zip(files, files.dropFirst()) where first.number == second.number {
      throw PostgresError(
        .migration, "\(first.title) and \(second.title) have the same number: renumber one")
    }
    return files
  }

  private static func list(_ directory: String) throws(PostgresError) -> [String] {
    guard let folder = unsafe opendir(directory) else {
      throw unreadable(directory)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
            unsafe String(cString: $0)
          }
        })
    }
    return names
  }

  private static func read(_ path: String) throws(PostgresError) -> [UInt8] {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      guard count > 0 else { return contents }
      contents.append(contentsOf: chunk[..<count])
    }
  }

  private static func unreadable(_ path: String) -> PostgresError {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown error"
    return PostgresError(.migration, "\(path) can't be read: \(reason.lowercased())")
  }
}
