@testable import Compression

#if canImport(Glibc)
  import Glibc
#endif

/// The records of real sensors that lie beside the repository, where they are there.
enum SharedData {
  static let directory: String = {
    if let path = getenv("HARRIER_SHARED_DATA") { return String(cString: path) }
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + root + "/../shared/data"
  }()

  static var isPresent: Bool {
    access(directory + "/events/suricata-eve-alerts.jsonl.gz", R_OK) == 0
  }

  static func file(_ path: String) throws -> [UInt8] {
    guard let file = fopen(directory + "/" + path, "rb") else {
      throw CompressionError(.corrupt, "no such file of shared data")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// The lines of a gzipped file of events.
  static func records(_ name: String) throws -> [[UInt8]] {
    let text = try Gzip.decompress(
      file("events/" + name), limits: InflateLimits(maxOutput: 1 << 30))
    return text.split(separator: UInt8(ascii: "\n")).map(Array.init)
  }
}
