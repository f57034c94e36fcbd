internal import Foundation
internal import Glibc

/// One client of a live stream: a socket that does not block, and what has come over it.
struct StreamReader {
  let tenant: Int
  /// Reads nothing until the end.
  let sleeps: Bool
  private(set) var socket: Int32 = -1
  /// The number of the last event that was seen.
  private(set) var last: Int?
  /// Where it began to follow.
  private(set) var start: Int?
  private(set) var connections = 0
  /// Messages that came twice, too late, or from elsewhere.
  private(set) var faults: [String] = []
  /// The reason that the last stream gave for its end.
  private(set) var end: String?
  private var text: [UInt8] = []
  private var chunk: [UInt8] = []
  private var isInBody = false

  init(tenant: Int, sleeps: Bool) {
    self.tenant = tenant
    self.sleeps = sleeps
  }

  var isOpen: Bool { socket >= 0 }

  /// Asks for the stream behind the last event that was seen.
  mutating func open(port: Int, key: String) {
    close()
    guard let opened = Self.connect(port) else { return }
    socket = opened
    connections += 1
    (text, chunk, isInBody, end) = ([], [], false, nil)
    var request = "GET /api/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r\n"
    if let last { request += "Last-Event-ID: \(last)\r\n" }
    let bytes = Array((request + "\r\n").utf8)
    if send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) != bytes.count { close() }
  }

  private static func connect(_ port: Int) -> Int32? {
    let opened = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard opened >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(opened, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0, fcntl(opened, F_SETFL, O_NONBLOCK) == 0 else {
      Glibc.close(opened)
      return nil
    }
    return opened
  }

  mutating func close() {
    if socket >= 0 { Glibc.close(socket) }
    socket = -1
  }

  /// Reads what there is.
  mutating func read(_ scratch: inout [UInt8], title: String) {
    while isOpen {
      let count = recv(socket, &scratch, scratch.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      guard count > 0 else { return close() }
      chunk += scratch[..<count]
      decode()
      takeEvents(title)
      if count < scratch.count { return }
    }
  }

  /// Takes the head off, then the frames of the chunked body.
  private mutating func decode() {
    if !isInBody {
      guard let head = Self.cut(&chunk, at: [13, 10, 13, 10]) else { return }
      let status = String(decoding: head.prefix(12), as: UTF8.self)
      guard status == "HTTP/1.1 200" else {
        // A node that is being stopped, or has no database.
        if !status.hasPrefix("HTTP/1.1 503") { end = status }
        return close()
      }
      isInBody = true
    }
    while let line = chunk.firstIndex(of: 13) {
      guard let size = Int(String(decoding: chunk[..<line], as: UTF8.self), radix: 16) else {
        faults.append("no chunk")
        return close()
      }
      guard chunk.count >= line + 2 + size + 2 else { return }
      text += chunk[(line + 2)..<(line + 2 + size)]
      chunk.removeFirst(line + 2 + size + 2)
      if size == 0 { return }
    }
  }

  private static func cut(_ bytes: inout [UInt8], at end: [UInt8]) -> [UInt8]? {
    guard bytes.count >= end.count else { return nil }
    for index in 0...(bytes.count - end.count)
    where bytes[index..<index + end.count].elementsEqual(end) {
      defer { bytes.removeFirst(index + end.count) }
      return Array(bytes[..<index])
    }
    return nil
  }

  private mutating func takeEvents(_ title: String) {
    while let block = Self.cut(&text, at: [10, 10]) {
      var fields: [Substring: Substring] = [:]
      for line in String(decoding: block, as: UTF8.self).split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty { fields[parts[0]] = parts[1].drop { $0 == " " } }
      }
      guard let event = fields["event"] else { continue }
      take(String(event), fields["id"].flatMap { Int($0) }, String(fields["data"] ?? ""), title)
    }
  }

  private mutating func take(_ event: String, _ id: Int?, _ data: String, _ title: String) {
    switch event {
    case "ready":
      if start == nil {
        start = id
      } else if id != last {
        faults.append("ready at \(id ?? -1) behind \(last ?? -1)")
      }
      last = id
    case "incident.opened", "incident.updated":
      if id != (last ?? -1) + 1 { faults.append("\(id ?? -1) behind \(last ?? -1)") }
      if !data.contains("\"title\":\"\(title)\"") { faults.append("another's: \(data)") }
      last = id
    case "end": end = data
    default: faults.append("\(event) \(data)")
    }
  }
}
