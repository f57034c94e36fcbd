import Glibc

/// Finds the servers' programs.
enum ProgramFinder {
  /// Looks in `PATH`, in Debian's folders of PostgreSQL versions, newest first, and in
  /// `/usr/local`.
  static func find(_ program: String, package: String) throws -> String {
    for folder in searchPath() + postgresFolders() + localFolders {
      let path = "\(folder)/\(program)"
      if unsafe access(path, X_OK) == 0 { return path }
    }
    throw PrivateServerError(
      .missingProgram, "\(program) is not installed: run `sudo apt install \(package)`")
  }

  private static let localFolders = [
    "/usr/local/pgsql/bin", "/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin",
  ]

  private static func searchPath() -> [String] {
    guard let path = unsafe getenv("PATH") else { return [] }
    return unsafe String(cString: path).split(separator: ":").map(String.init)
      .filter { $0.hasPrefix("/") }
  }

  private static func postgresFolders() -> [String] {
    let root = "/usr/lib/postgresql"
    return ServerFolder.names(in: root).compactMap { Int($0) }.sorted(by: >)
      .map { "\(root)/\($0)/bin" }
  }
}
