internal import Sigma

/// Refuses, before the YAML parser sees it, what would overrun its stack or its time: deep nesting,
/// and nets of anchors and aliases. It looks at the text only and errs towards refusing.
enum YAMLGuard {
  /// Anchors and aliases beyond these are of no use to a rule.
  static let maximumAnchors = 3
  static let maximumAliases = 20

  static func check(_ document: YAMLDocument, limits: RuleLoaderLimits) throws(SigmaError) {
    var state = State(line: document.line)
    for byte in document.text.utf8 {
      state.take(byte)
      if state.flowDepth > limits.depth || state.prefixLength > 8 * limits.depth {
        throw SigmaError(.limit, "nested deeper than \(limits.depth)", line: state.line)
      }
    }
    if state.anchors > maximumAnchors || (state.anchors > 0 && state.aliases > maximumAliases) {
      throw SigmaError(
        .limit,
        "more than \(maximumAnchors) anchors or \(maximumAliases) aliases: write the values out",
        line: document.line)
    }
  }

  private struct State {
    var line: Int
    /// Brackets open in flow style.
    var flowDepth = 0
    /// Blanks and block indicators at the start of the line: no block nests deeper than their number.
    var prefixLength = 0
    var isInPrefix = true
    var anchors = 0
    var aliases = 0
    /// The last byte, the last that is no blank, and the one where a value may begin.
    private var last = UInt8(ascii: "\n")
    private var lastSolid = UInt8(ascii: "\n")
    private var pending: UInt8 = 0

    init(line: Int) { self.line = line }

    /// Whether a value may begin behind what stands before.
    private var mayBegin: Bool {
      let isSeparated = last == 0x20 || last == 0x09 || last == 0x0A
      switch lastSolid {
      case UInt8(ascii: "\n"): return true
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","): return true
      case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "?"): return isSeparated
      default: return false
      }
    }

    mutating func take(_ byte: UInt8) {
      if pending != 0 {
        // An indicator with a name behind it.
        if byte > 0x20 {
          if pending == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
        }
        pending = 0
      }
      switch byte {
      case 0x0A:
        line += 1
        prefixLength = 0
        isInPrefix = true
        lastSolid = byte
      case 0x20, 0x09: break
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if flowDepth > 0 || mayBegin { flowDepth += 1 }
        lastSolid = byte
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if flowDepth > 0 { flowDepth -= 1 }
        lastSolid = byte
      case UInt8(ascii: "&"), UInt8(ascii: "*"):
        if mayBegin { pending = byte }
        lastSolid = byte
      default: lastSolid = byte
      }
      if isInPrefix, byte != 0x0A {
        let isPrefix =
          byte == 0x20 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?")
          || byte == UInt8(ascii: ":")
        if isPrefix { prefixLength += 1 } else { isInPrefix = false }
      }
      last = byte
    }
  }
}
