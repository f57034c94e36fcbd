import Core
import EventScanner
import Normalization
import Testing

/// Any bytes: an event or an error, never a crash, and work that grows with the input alone. The seed is
/// printed, so that a failure can be had again.
struct FuzzTests {
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  static let lines: [String] = [
    "Dec 10 06:55:46 h sshd[1]: Failed password for invalid user x from 1.1.1.1 port 22 ssh2",
    "<34>1 2026-11-21T05:30:00Z h app 1 - [a b=\"c\"] {\"event_type\":\"dns\",\"timestamp\":1}",
    #"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 404 12 "-" "x""#,
    "type=SYSCALL msg=audit(1795239000.123:4711): a0=55d exe=\"/x\" comm=6120 key=(null)",
    "<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>&lt;</Data></EventData></Event>",
    "CEF:0|a|b|c|d|e|5|src=1.1.1.1 msg=a\\=b c",
    "logid=1 type=event devname=x action=\"a b\" eventtime=1",
    "kernel: IN=eth0 OUT= SRC=1.1.1.1 DST=2.2.2.2 PROTO=TCP SPT=1 DPT=2",
    "1795239000.586 921 10.0.0.68 TCP_MISS/200 507 GET http://a/x?q - D/1.1.1.1 t",
    "2026-11-21 05:30:00 10.0.0.1 POST /a a=b 443 bob 203.0.113.7 x - 200 0 0 15",
    "named[1]: client @0x7f 10.0.0.5#53 (a): query: a IN A +E",
    #"{"EventID":1,"Channel":"Security","EventData":{"a b":"c","Channel":"x"},"Keywords":"0x"}"#,
    #"{"winlog":{"event_id":1,"channel":"System","user_data":{"Channel":"y"}},"@timestamp":0}"#,
    ##"{"Event":{"System":{"EventID":{"#text":1},"Channel":"a"},"EventData":{"Data":["a",{"b":1}]}}}"##,
    #"{"eventName":"a","eventSource":"b","awsRegion":"c","requestParameters":{"a":[{"b":null}]}}"#,
    #"{"kind":"admin#reports#activity","id":{},"events":[{"name":"a","parameters":[{"name":"b","value":[1]}]}]}"#,
    #"{"SYSCALL":{"a":1},"EXECVE":{"ARGV":["a",1,{}]},"ID":"1.2:3","PATH":[{"name":"x"}]}"#,
    #"{"remote_addr":"1.1.1.1","request":" / ","status":1}"#,
    #"{"logsources":[[null,"a"],[]],"fields":{"a":[1,{"b":{}}]}}"#,
  ]

  func run(_ bytes: [UInt8], _ normalizer: inout Normalizer) {
    var event = NormalizedEvent()
    var tape = JSONTape()
    do {
      try normalizer.normalizeText(bytes.span.bytes, receivedAt: received, into: &event)
    } catch {
      #expect(!error.field.isEmpty)
    }
    check(event, bytes.count)
    do throws(ScanError) {
      try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
    } catch {
      return
    }
    do {
      try normalizer.normalize(
        bytes.span.bytes, tape: tape, receivedAt: received, into: &event)
    } catch {
      #expect(!error.description.isEmpty)
    }
    check(event, bytes.count)
  }

  /// Names repeat with each level and each second name, so the bound is one of squares, for short inputs.
  func check(_ event: NormalizedEvent, _ count: Int) {
    #expect(event.fields.entries.count <= 8 * count + 64)
    #expect(event.fields.bytes.count <= 64 * (count + 64) * (count / 64 + 4))
    #expect((event.columns.user?.utf8.count ?? 0) <= 1024)
    #expect(String(validating: event.fields.bytes, as: UTF8.self) != nil)
  }

  @Test func mutations() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = Generator(state: seed)
    var normalizer = Normalizer()
    for _ in 0..<20_000 {
      var bytes = Array(Self.lines[Int.random(in: 0..<Self.lines.count, using: &generator)].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        guard !bytes.isEmpty else { break }
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: at)
        case 3: bytes.removeSubrange(at...)
        default:
          let other = Array(
            Self.lines[Int.random(in: 0..<Self.lines.count, using: &generator)].utf8)
          bytes.insert(contentsOf: other.prefix(Int.random(in: 0...40, using: &generator)), at: at)
        }
      }
      run(bytes, &normalizer)
    }
  }

  @Test(arguments: [
    "=", " ", "\\", "&", "<a>", "[", "\"", "a=", "|", "{", "%", "\u{1D}", "-", "<!--",
  ])
  func longRunsOfOneSign(_ sign: String) {
    var normalizer = Normalizer()
    for head in Self.lines.map({ $0.prefix(24) }) + [""] {
      run(Array((head + String(repeating: sign, count: 4000)).utf8), &normalizer)
    }
  }
}
