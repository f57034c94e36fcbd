internal import Glibc

enum FreePorts {
  /// Different ports of 127.0.0.1 that nobody listens on.
  static func find(_ count: Int) throws -> [Int] {
    // All are held until the last is found, so that none is found twice.
    var probes: [Int32] = []
    defer { for probe in probes { close(probe) } }
    return try (0..<count).map { _ in
      let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard probe >= 0 else { throw HarnessError("no socket to look for a free port with") }
      probes.append(probe)
      return try bind(probe)
    }
  }

  private static func bind(_ probe: Int32) throws -> Int {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(probe, $0, size) == 0 && getsockname(probe, $0, &size) == 0
      }
    }
    guard bound else { throw HarnessError("no free port on 127.0.0.1") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
