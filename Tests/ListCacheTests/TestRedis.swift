import Glibc

/// A private redis-server on a unix socket in a directory of its own. It ends with the last
/// reference; `kill -9` and a new start are part of the tests.
final class TestRedis: @unchecked Sendable {
  struct StartFailed: Error {}

  let directory: String
  var socket: String { directory + "/redis.sock" }
  var url: String { "unix://" + socket }
  private let arguments: [String]
  private var process: pid_t = 0

  static let isInstalled: Bool = {
    let places: [String] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
    return places.contains { access($0, X_OK) == 0 }
  }()

  init(_ arguments: String...) throws {
    var template = Array("/tmp/harrier-redis-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw StartFailed() }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.arguments = arguments
    try start()
  }

  deinit {
    kill()
    for name in ["redis.sock", "dump.rdb", "redis.log"] { unlink(directory + "/" + name) }
    rmdir(directory)
  }

  func start() throws {
    precondition(process == 0)
    unlink(socket)
    let words =
      [
        "redis-server", "--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "",
        "--logfile", directory + "/redis.log", "--appendonly", "no",
      ] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawnp(&process, "redis-server", nil, nil, &pointers, environ) == 0 else {
      throw StartFailed()
    }
    // The server makes the socket when it is ready to take connections.
    for _ in 0..<2000 where access(socket, F_OK) != 0 { usleep(5000) }
    guard access(socket, F_OK) == 0 else { throw StartFailed() }
  }

  /// SIGKILL, and waits until the process is gone.
  func kill() {
    guard process != 0 else { return }
    Glibc.kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    process = 0
  }

  /// Stops the process without ending it, as a stalled machine does; `resume()` lets it go on.
  func suspend() {
    Glibc.kill(process, SIGSTOP)
  }

  func resume() {
    Glibc.kill(process, SIGCONT)
  }
}
