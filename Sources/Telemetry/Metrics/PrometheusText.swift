/// The text exposition format of Prometheus, version 0.0.4.
struct PrometheusText {
  private(set) var bytes: [UInt8] = []

  mutating func family(_ name: String, _ kind: MetricKind, _ help: String) {
    bytes.append(contentsOf: "# HELP \(name) ".utf8)
    append(help, escapingQuotes: false)
    bytes.append(contentsOf: "\n# TYPE \(name) \(kind.rawValue)\n".utf8)
  }

  mutating func sample(_ name: String, _ labels: LabelSet, _ value: String) {
    bytes.append(contentsOf: name.utf8)
    for (index, label) in labels.names.enumerated() {
      bytes.append(UInt8(ascii: index == 0 ? "{" : ","))
      bytes.append(contentsOf: label.utf8)
      bytes.append(contentsOf: "=\"".utf8)
      append(labels.values[index], escapingQuotes: true)
      bytes.append(UInt8(ascii: "\""))
    }
    if !labels.names.isEmpty { bytes.append(UInt8(ascii: "}")) }
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: value.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func append(_ text: String, escapingQuotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\"") where escapingQuotes: bytes.append(contentsOf: "\\\"".utf8)
      default: bytes.append(byte)
      }
    }
  }

  /// A number as Go's `ParseFloat` reads it; whole numbers without a fraction.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  /// `[a-zA-Z_:][a-zA-Z0-9_:]*`; a label's name has no colon.
  static func isName(_ name: String, isLabel: Bool = false) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: ":"): !isLabel
      default: false
      }
    }
  }
}
