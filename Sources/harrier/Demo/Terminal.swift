#if canImport(Glibc)
  import Glibc
#endif

/// Talk to the person at the terminal: stderr, with colour and progress bars on a TTY only.
struct Terminal {
  let isInteractive: Bool
  private let colour: Bool

  init(environment: [String: String] = ProcessEnvironment.all) {
    isInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    colour = isInteractive && environment["NO_COLOR", default: ""].isEmpty
  }

  enum Style: String {
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
  }

  func styled(_ text: String, _ style: Style) -> String {
    colour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Prints a line, over a progress bar if one is shown.
  func say(_ line: String) {
    write((isInteractive ? "\r\u{1B}[K" : "") + line + "\n")
  }

  /// Shows how far a task is, in place; nothing where there is no TTY.
  func progress(_ label: String, _ done: Int, of total: Int) {
    guard isInteractive, total > 0 else { return }
    let width = 24
    let filled = width * done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    write("\r\u{1B}[K  ▶ \(label) \(bar) \(100 * done / total) %")
  }

  func endProgress() {
    if isInteractive { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return }
      written += count
    }
  }
}
