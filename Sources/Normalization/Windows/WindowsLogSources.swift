internal import Core

/// The log sources of a Windows event and what they bring with them, made once for each combination of
/// channel and event and then shared.
struct WindowsLogSources: Sendable {
  struct Kind: Sendable {
    let sources: LogSourceSet
    /// `windows.sysmon`, or `windows` for a channel that no rule knows.
    let sourceType: String
    /// What happened, in one word.
    let action: String?
    let copies: [(name: String, from: String)]
  }

  private struct Key: Hashable {
    let service: String?
    let eventID: Int
    let eventType: String
  }

  private var kinds: [Key: Kind] = [:]
  private let byEvent: [Int: [WindowsTables.Category]]
  /// The last channel asked for and its service: neighbours mostly come from one channel.
  private var lastChannel = ""
  private var lastService: String?

  init() {
    byEvent = Dictionary(grouping: WindowsTables.categories, by: \.eventID)
  }

  mutating func kind(channel: String, eventID: Int, eventType: String) -> Kind {
    if channel != lastChannel {
      lastChannel = channel
      lastService = WindowsTables.services[channel.lowercased()]
    }
    let categories = (byEvent[eventID] ?? []).filter { $0.service == lastService }
    let wantsType = categories.contains { $0.eventType != nil }
    let key = Key(
      service: lastService, eventID: Self.isKnown(lastService, eventID, categories) ? eventID : -1,
      eventType: wantsType ? eventType.lowercased() : "")
    if let known = kinds[key] { return known }
    let made = Self.make(key, categories)
    // Only event types that no table knows could make this grow.
    if kinds.count < 1024 { kinds[key] = made }
    return made
  }

  /// Whether the event's id makes a difference.
  private static func isKnown(
    _ service: String?, _ eventID: Int, _ categories: [WindowsTables.Category]
  ) -> Bool {
    !categories.isEmpty || WindowsTables.actions["\(service ?? "")/\(eventID)"] != nil
  }

  private static func make(_ key: Key, _ categories: [WindowsTables.Category]) -> Kind {
    var sources = [LogSource(product: "windows")]
    if let service = key.service { sources.append(LogSource(product: "windows", service: service)) }
    let holding = categories.filter { $0.eventType == nil || $0.eventType == key.eventType }
    for name in Set(holding.map(\.name)).sorted() {
      sources.append(LogSource(category: name, product: "windows", service: key.service))
    }
    return Kind(
      sources: LogSourceSet(sources), sourceType: key.service.map { "windows.\($0)" } ?? "windows",
      action: WindowsTables.actions["\(key.service ?? "")/\(key.eventID)"] ?? holding.last?.name,
      copies: holding.flatMap(\.fields))
  }
}
