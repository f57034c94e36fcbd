internal import Core
internal import EventScanner

extension Normalizer {
  /// Reads the text inside a record further, where the mapping says that there is one: a whole syslog
  /// line in `message`, or a program's message with the program's name beside it.
  mutating func readLines(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ compiled: CompiledMapping,
    _ receivedAt: Timestamp?, _ filled: inout ColumnSet, _ event: inout NormalizedEvent
  ) {
    guard let slot = compiled.messageSlot, let node = walk.node(in: slot) else { return }
    // A sender who says what happened and from where has read the message already.
    if filled.contains(.action), filled.contains(.srcIP) { return }
    var text: [UInt8] = []
    switch tape.nodes[node].kind {
    case .string: tape.appendValue(at: node, in: bytes, to: &text)
    case .array: ArrayText.append(bytes, tape, node, to: &text)
    default: return
    }
    var program = compiled.mapping.lines?.fixedProgram ?? ""
    for slot in compiled.programSlots where program.isEmpty {
      program = self.text(bytes, tape, slot: slot, limit: TextLimits.name)
    }
    if !filled.contains(.message) {
      event.columns.message = TextLimits.string(text, limit: TextLimits.message)
      filled.insert(.message)
    }
    var body = 0..<text.count
    var replacesSeverity = compiled.mapping.lines?.replacesSeverity ?? false
    if program.isEmpty {
      if let access = AccessLine(text.span.bytes) {
        readAccessLine(access, inMessage: text, &filled, &event)
        return
      }
      let line = SyslogLine(text.span.bytes, receivedAt: receivedAt ?? .now)
      guard line.hasHeader || line.priority != nil else { return }
      replacesSeverity = replacesSeverity || !filled.contains(.severity)
      apply(line, text, &filled, &event)
      body = line.message
      guard let named = line.program else { return }
      program = TextLimits.string(Array(text[named]), limit: TextLimits.name)
    }
    apply(
      program: program, text, body, replacesSeverity: replacesSeverity, &filled, &event)
  }

  /// Takes the header's parts where the record has nothing of its own.
  func apply(
    _ line: SyslogLine, _ text: [UInt8], _ filled: inout ColumnSet, _ event: inout NormalizedEvent
  ) {
    if !filled.contains(.ts), let time = line.timestamp {
      event.columns.ts = time
      filled.insert(.ts)
    }
    let host = line.host.map { TextLimits.string(Array(text[$0]), limit: TextLimits.name) }
    set(.host, host, &filled, &event)
    event.columns.message = TextLimits.string(
      Array(text[line.message]), limit: TextLimits.message)
    filled.insert(.message)
    if let priority = line.priority, !filled.contains(.severity) {
      event.columns.severity = SyslogSeverity.severity(priority & 7)
      filled.insert(.severity)
    }
  }

  private func set(
    _ column: Column, _ text: String?, _ filled: inout ColumnSet, _ event: inout NormalizedEvent
  ) {
    guard let text, !text.isEmpty, !filled.contains(column) else { return }
    event.columns.set(column, to: text)
    filled.insert(column)
  }

  /// Reads a program's message by its declared patterns and names the log sources of the program.
  ///
  /// - Parameter replacesSeverity: whether the severity so far is only that of the transport.
  mutating func apply(
    program name: String, _ text: [UInt8], _ body: Range<Int>, replacesSeverity: Bool,
    _ filled: inout ColumnSet, _ event: inout NormalizedEvent
  ) {
    // Old PAM modules log as `sshd(pam_unix)`, some senders give a path.
    let start = name.utf8.lastIndex(of: UInt8(ascii: "/")).map { name.utf8.index(after: $0) }
    let base = name.utf8[(start ?? name.utf8.startIndex)...].prefix { $0 != UInt8(ascii: "(") }
    let short = String(Substring(base))
    set(.process, short, &filled, &event)
    let rules = ProgramRules.all[short] ?? ProgramRules.all[short.lowercased()]
    let generic = event.columns.sourceType
    if ["unknown", "linux.journald", "linux.syslog"].contains(generic) {
      event.columns.sourceType = rules?.sourceType ?? "linux.syslog"
      event.fields.logSources =
        rules.map { logSources.set(sourceType: $0.sourceType) }
        ?? logSources.set(
          product: "linux", service: short.lowercased(),
          always: LinuxServices.sources(of: short.lowercased()))
    }
    guard let rules else { return }
    for form in rules.forms {
      guard let captures = form.pattern.match(text.span.bytes, body) else { continue }
      for (capture, range) in zip(form.pattern.names, captures) {
        take(capture, text, range, &filled, &event)
      }
      set(.eventID, form.eventID, &filled, &event)
      set(.action, form.action, &filled, &event)
      set(.outcome, form.outcome, &filled, &event)
      if replacesSeverity || !filled.contains(.severity) {
        event.columns.severity = form.severity
        filled.insert(.severity)
      }
      return
    }
  }

  private func take(
    _ capture: String, _ text: [UInt8], _ range: Range<Int>, _ filled: inout ColumnSet,
    _ event: inout NormalizedEvent
  ) {
    let bytes = text.span.bytes
    switch capture {
    case "src_ip" where !filled.contains(.srcIP):
      guard let address = AddressReader.v4(bytes, range) ?? IPAddress(utf8: text[range]) else {
        return
      }
      event.columns.srcIP = address
      filled.insert(.srcIP)
    case "src_port" where !filled.contains(.srcPort):
      guard let port = JSONText.int64(bytes, range), (0...65535).contains(port) else { return }
      event.columns.srcPort = Int32(port)
      filled.insert(.srcPort)
    case "user":
      set(.user, TextLimits.string(Array(text[range]), limit: TextLimits.name), &filled, &event)
    default:
      // A name in capitals is the program's own, by which rules call it.
      guard let first = capture.utf8.first, first &- UInt8(ascii: "A") < 26 else { return }
      event.fields.append(name: capture.utf8, value: text[range])
    }
  }
}

/// Which services of SigmaHQ's Linux rules a program's messages belong to.
enum LinuxServices {
  private static let services: [String: String] = [
    "sshd": "auth", "sudo": "auth", "su": "auth", "login": "auth", "polkitd": "auth",
    "pkexec": "auth", "systemd-logind": "auth", "useradd": "auth", "userdel": "auth",
    "usermod": "auth", "groupadd": "auth", "groupmod": "auth", "groupdel": "auth",
    "passwd": "auth", "chpasswd": "auth", "chage": "auth", "chfn": "auth", "gdm": "auth",
    "gdm-password]": "auth", "lightdm": "auth", "vsftpd": "auth", "dropbear": "auth",
    "cron": "cron", "crond": "cron", "crontab": "cron", "anacron": "cron", "atd": "cron",
    "clamd": "clamav", "clamav": "clamav", "freshclam": "clamav", "clamscan": "clamav",
    "clamdscan": "clamav", "clamonacc": "clamav", "clamav-daemon": "clamav",
    "guacd": "guacamole", "guacamole": "guacamole",
  ]

  /// The log sources besides the program's own.
  static func sources(of program: String) -> [LogSource] {
    [LogSource(product: "linux"), LogSource(product: "linux", service: "syslog")]
      + (services[program].map { [LogSource(product: "linux", service: $0)] } ?? [])
  }
}

/// syslog's severities (RFC 5424 §6.2.1) as ours: they speak of operation rather than of attacks, and
/// so stay below what a detection would say.
enum SyslogSeverity {
  static func severity(_ code: Int) -> EventSeverity {
    switch code {
    case 0...2: .high
    case 3: EventSeverity(clamping: 4)
    case 4: .low
    default: .informational
    }
  }
}
