/// The files in the demo's folder.
struct DemoFiles {
  let directory: String

  var postgres: String { "\(directory)/postgres" }
  var redis: String { "\(directory)/redis" }
  /// Present while the service answers.
  var ready: String { "\(directory)/ready.json" }
  /// The same for a shell: `. harrier-data/env`.
  var environment: String { "\(directory)/env" }
  /// The secrets of the demo's accounts, kept between runs because the database has only their hashes.
  var credentials: String { "\(directory)/credentials.json" }
  /// What a detached demo prints.
  var log: String { "\(directory)/harrier.log" }
  var pid: String { "\(directory)/harrier.pid" }
}

/// What scripts need to know of a running demo (interface.md §1).
struct ReadyFile: Codable {
  struct Admin: Codable {
    var email: String
    var password: String
  }

  var url: String
  var pid: Int32
  var organization: String
  var admin: Admin
  var sensorKey: String
  var databaseUrl: String
  var redisUrl: String

  func write(to path: String) throws {
    let text = String(decoding: try SnakeJSON.encode(self, pretty: true), as: UTF8.self)
    try FileText.writeAtomically(text + "\n", to: path, mode: 0o600)
  }

  /// Shell variables for the address and the key.
  func writeEnvironment(to path: String) throws {
    let text = "export HARRIER_URL='\(url)'\nexport HARRIER_KEY='\(sensorKey)'\n"
    try FileText.writeAtomically(text, to: path, mode: 0o600)
  }

  static func read(_ path: String) throws -> ReadyFile {
    let bytes = try FileText.bytes(path, limit: 64 << 10)
    return try SnakeJSON.decode(bytes)
  }
}

/// The demo's accounts.
struct DemoCredentials: Codable {
  var email: String
  var password: String
  var sensorKey: String

  static func read(_ path: String) throws -> DemoCredentials? {
    guard FileText.exists(path) else { return nil }
    let bytes = try FileText.bytes(path, limit: 64 << 10)
    return try SnakeJSON.decode(bytes, as: DemoCredentials.self)
  }

  func write(to path: String) throws {
    let text = String(decoding: try SnakeJSON.encode(self), as: UTF8.self)
    try FileText.writeAtomically(text + "\n", to: path, mode: 0o600)
  }
}
