#if canImport(Glibc)
  import Glibc
#endif

/// Small files, read and written whole.
enum FileText {
  static func read(_ path: String, limit: Int) throws -> String {
    String(decoding: try bytes(path, limit: limit), as: UTF8.self)
  }

  static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandError(.notFound, "\(path): \(reason())") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw CommandError(.notFound, "\(path): \(reason())") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw CommandError(.usage, "\(path): the file is larger than \(limit) bytes")
      }
    }
  }

  /// Writes a file so that a reader sees the old one or the new one, never a part.
  static func writeAtomically(_ text: String, to path: String, mode: mode_t) throws {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw CommandError(.usage, "\(temporary): \(reason())") }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let reason = reason()
        close(descriptor)
        unlink(temporary)
        throw CommandError(.usage, "\(temporary): \(reason)")
      }
      written += count
    }
    fsync(descriptor)
    close(descriptor)
    guard rename(temporary, path) == 0 else { throw CommandError(.usage, "\(path): \(reason())") }
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// The nearest folder at or above the running program that holds `name`, as in a checkout.
  static func besideProgram(_ name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    var folder = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      if exists("\(folder)/\(name)") { return "\(folder)/\(name)" }
    }
    return nil
  }

  static func reason() -> String {
    String(cString: strerror(errno))
  }
}
