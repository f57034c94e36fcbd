import Glibc

extension ServerFolder {
  /// A small file's text; nil if it can't be read. `/proc` files, too.
  static func read(_ path: String, limit: Int = 1 << 16) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while contents.count < limit {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      contents.append(contentsOf: chunk[..<count])
    }
    return String(decoding: contents, as: UTF8.self)
  }

  /// The last lines of a log.
  static func tail(_ path: String, lines: Int = 8) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    lseek(descriptor, max(0, size - 4096), SEEK_SET)
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = max(0, unsafe Glibc.read(descriptor, &chunk, chunk.count))
    return String(decoding: chunk[..<count], as: UTF8.self).split(separator: "\n").suffix(lines)
      .joined(separator: "\n")
  }

  /// Replaces the file's contents at once.
  static func write(_ text: String, to path: String) throws {
    let draft = path + ".new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PrivateServerError(.folder, "\(path) can't be written: \(errorText())")
    }
    let bytes = Array(text.utf8)
    let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
    guard count == bytes.count, unsafe rename(draft, path) == 0 else {
      throw PrivateServerError(.folder, "\(path) can't be written: \(errorText())")
    }
  }

  /// Opens a log to append to.
  static func openLog(_ path: String) throws -> Int32 {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PrivateServerError(.folder, "\(path) can't be written: \(errorText())")
    }
    return descriptor
  }

  /// Removes a folder with all that is in it; links are removed, not followed.
  public static func removeTree(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unsafe unlink(path)
      return
    }
    // A server that is about to end may still write: a few rounds are enough.
    for _ in 0..<5 {
      for name in names(in: path) { removeTree("\(path)/\(name)") }
      if unsafe rmdir(path) == 0 || errno != ENOTEMPTY { return }
      usleep(20_000)
    }
  }
}
