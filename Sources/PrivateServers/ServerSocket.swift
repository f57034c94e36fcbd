import Glibc

/// A blocking unix socket for one question to a server.
enum ServerSocket {
  /// Sends the bytes and returns the answer once it is complete; nil if there is none within a
  /// second.
  static func ask(
    _ path: String, _ question: [UInt8], isComplete: ([UInt8]) -> Bool
  ) -> [UInt8]? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var timeout = timeval(tv_sec: 1, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
    guard connect(descriptor, to: path) else { return nil }
    guard
      unsafe send(descriptor, question, question.count, Int32(MSG_NOSIGNAL))
        == question.count
    else { return nil }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !isComplete(answer) {
      let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0, answer.count < 1 << 16 else { return nil }
      answer.append(contentsOf: chunk[..<count])
    }
    return answer
  }

  private static func connect(_ descriptor: Int32, to path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count <= ServerFolder.longestSocketPath else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
