internal import Sigma

#if canImport(Glibc)
  internal import Glibc
#endif

/// Finds rule files, in the order of their names, and reads them, by the C library alone.
struct RuleFileFinder {
  let limits: RuleLoaderLimits
  private(set) var files: [String] = []
  private(set) var problems: [(file: String, error: SigmaError)] = []
  private var visited: Set<[UInt64]> = []
  private var isFull = false

  init(limits: RuleLoaderLimits) {
    self.limits = limits
  }

  mutating func find(_ path: String) {
    visit(path, depth: 0, isNamed: true)
  }

  private mutating func visit(_ path: String, depth: Int, isNamed: Bool) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      problems.append((path, Self.systemError()))
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { return }
      guard depth < limits.directoryDepth else {
        problems.append((path, SigmaError(.limit, "directories nested too deep")))
        return
      }
      for name in names(in: path) {
        visit(
          path.hasSuffix("/") ? path + name : "\(path)/\(name)", depth: depth + 1, isNamed: false)
      }
    case S_IFREG:
      guard isNamed || Self.isRuleFile(path) else { return }
      guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { return }
      add(path)
    default:
      guard isNamed else { return }
      problems.append((path, SigmaError(.unreadable, "neither a file nor a directory")))
    }
  }

  private static func isRuleFile(_ path: String) -> Bool {
    let name = path.lowercased()
    return name.hasSuffix(".yml") || name.hasSuffix(".yaml")
  }

  private mutating func add(_ path: String) {
    if files.count < limits.files {
      files.append(path)
    } else if !isFull {
      isFull = true
      problems.append((path, SigmaError(.limit, "more than \(limits.files) files")))
    }
  }

  private mutating func names(in path: String) -> [String] {
    guard let directory = unsafe opendir(path) else {
      problems.append((path, Self.systemError()))
      return []
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func systemError() -> SigmaError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    return SigmaError(.unreadable, "cannot be read: \(reason.lowercased())")
  }

  /// The text of a file, which must be UTF-8.
  static func text(of file: String, limit: Int) throws(SigmaError) -> String {
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw systemError() }
      guard count > 0 else { break }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw SigmaError(.limit, "larger than \(limit) bytes")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SigmaError(.unreadable, "not UTF-8: save the file in that encoding")
    }
    return text
  }
}
