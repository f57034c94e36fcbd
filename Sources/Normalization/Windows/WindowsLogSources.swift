internal import Core
internal import EventScanner

/// The log sources of a Windows event and what they bring with them, made once for each combination of
/// channel and event and then shared.
struct WindowsLogSources: Sendable {
  final class Kind: Sendable {
    let sources: LogSourceSet
    /// `windows.sysmon`, or `windows` for a channel that no rule knows.
    let sourceType: String
    /// What happened, in one word.
    let action: String?
    /// Second names of fields.
    let copies: [(name: String, from: String)]

    init(service: String?, eventID: Int, eventType: String) {
      if let other = WindowsTables.otherProducts[service ?? ""] {
        sources = LogSourceSet(other.sources + (other.categories[eventID] ?? []))
        sourceType = other.sourceType
        action = WindowsTables.sysmonAction(eventID)
        copies = other.copies
        return
      }
      let holding = WindowsTables.categories.filter {
        $0.service == service && $0.eventID == eventID
          && ($0.eventType == nil || $0.eventType == eventType)
      }
      var sources = [LogSource(product: "windows")]
      if let service { sources.append(LogSource(product: "windows", service: service)) }
      for name in Set(holding.map(\.name)).sorted() {
        sources.append(LogSource(category: name, product: "windows", service: service))
      }
      self.sources = LogSourceSet(sources)
      sourceType = service.map { "windows.\($0)" } ?? "windows"
      action = WindowsTables.actions["\(service ?? "")/\(eventID)"] ?? holding.last?.name
      copies = holding.flatMap(\.fields)
    }
  }

  private struct Key: Hashable {
    let service: Int
    let eventID: Int
    let eventType: String
  }

  private struct Event: Hashable {
    let service: Int
    let eventID: Int
  }

  /// Services by number; 0 is a channel that no rule knows.
  private let services: [String?]
  private let numbers: [String: Int]
  /// The events that differ from their service's others, and whether `EventType` decides.
  private let special: [Event: Bool]
  private var kinds: [Key: Kind] = [:]
  /// The last channel asked for and its service: neighbours mostly come from one channel.
  private var lastChannel: [UInt8] = []
  private var lastService = 0

  /// Channel in lower case → service.
  private let channels: [String: String]

  /// - Parameter channels: further channels, in lower case, and their services; they go before the
  ///   built-in ones.
  init(channels: [String: String] = [:]) {
    self.channels = WindowsTables.services.merging(channels) { $1 }
    let names = Set(self.channels.values).sorted()
    services = [nil] + names
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 + 1) })
    self.numbers = numbers
    var special: [Event: Bool] = [:]
    for category in WindowsTables.categories {
      let event = Event(service: numbers[category.service] ?? 0, eventID: category.eventID)
      special[event] = (special[event] ?? false) || category.eventType != nil
    }
    for (service, other) in WindowsTables.otherProducts {
      for eventID in other.categories.keys {
        special[Event(service: numbers[service] ?? 0, eventID: eventID)] = false
      }
    }
    for name in WindowsTables.actions.keys {
      let parts = name.split(separator: "/")
      let event = Event(service: numbers[String(parts[0])] ?? 0, eventID: Int(parts[1]) ?? -1)
      special[event] = special[event] ?? false
    }
    self.special = special
  }

  /// The number of the service whose channel `range` names.
  mutating func service(ofChannel bytes: RawSpan, _ range: Range<Int>) -> Int {
    let isLast = bytes.extracting(range).withUnsafeBytes { $0.elementsEqual(lastChannel) }
    if isLast { return lastService }
    lastChannel.removeAll(keepingCapacity: true)
    JSONText.append(bytes, range, to: &lastChannel)
    let name = String(decoding: lastChannel.prefix(256), as: UTF8.self).lowercased()
    lastService = channels[name].flatMap { numbers[$0] } ?? 0
    return lastService
  }

  func needsType(service: Int, eventID: Int) -> Bool {
    special[Event(service: service, eventID: eventID)] ?? false
  }

  /// - Parameter eventType: in lower case, and empty where it does not matter.
  mutating func kind(service: Int, eventID: Int, eventType: String) -> Kind {
    let isSpecial = special[Event(service: service, eventID: eventID)] != nil
    let key = Key(service: service, eventID: isSpecial ? eventID : -1, eventType: eventType)
    if let known = kinds[key] { return known }
    let made = Kind(service: services[service], eventID: key.eventID, eventType: eventType)
    // Only event types that no table knows could make this grow.
    if kinds.count < 1024 { kinds[key] = made }
    return made
  }
}
