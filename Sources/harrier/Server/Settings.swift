import Ingestion

#if canImport(Glibc)
  import Glibc
#endif

/// Harrier's configuration by name: flags win over the environment (`HARRIER_*`), which wins over a
/// file of `NAME=value` lines.
struct Settings {
  private var values: [String: String]

  init(environment: [String: String], file: [String: String] = [:], flags: [String: String] = [:]) {
    values = file.merging(environment.filter { $0.key.hasPrefix("HARRIER_") }) { _, later in later }
    values.merge(flags) { _, later in later }
  }

  /// Reads the process's environment and, if given, a file.
  static func load(file path: String?, flags: [String: String] = [:]) throws -> Settings {
    let file =
      try path.map { try parse(file: try FileText.read($0, limit: 1 << 20), path: $0) } ?? [:]
    return Settings(environment: ProcessEnvironment.all, file: file, flags: flags)
  }

  /// Reads `NAME=value` lines; `#` begins a comment line.
  static func parse(file text: String, path: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let equals = line.firstIndex(of: "=") else {
        throw CommandError(.usage, "\(path):\(index + 1): expected NAME=value")
      }
      values[String(line[..<equals]).trimmed] = String(line[line.index(after: equals)...]).trimmed
    }
    return values
  }

  func text(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  func text(_ name: String, default value: String) -> String {
    text(name) ?? value
  }

  func required(_ name: String, _ meaning: String) throws -> String {
    guard let value = text(name) else {
      throw CommandError(.usage, "\(name) is not set: give \(meaning)")
    }
    return value
  }

  func integer(_ name: String, default value: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let text = text(name) else { return value }
    guard let number = Int(text), range.contains(number) else {
      throw CommandError(
        .usage, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func list(_ name: String, separator: Character) -> [String] {
    text(name)?.split(separator: separator).map { String($0).trimmed }.filter { !$0.isEmpty } ?? []
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    guard let start = firstIndex(where: { !isBlank($0) }),
      let end = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[start...end])
  }
}

/// The process's environment.
enum ProcessEnvironment {
  static var all: [String: String] {
    var values: [String: String] = [:]
    var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        values[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return values
  }
}
