/// The few values that a detection carries, by name.
///
/// A list, since a detection has one to five of them and there are very many detections: a dictionary
/// for each costs more than all searches in it.
public struct DetectionFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var entries: [Entry] = []

  private struct Entry: Hashable, Sendable {
    let name: String
    let value: String
  }

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  public var count: Int { entries.count }
  /// In the order in which the values were added.
  public var names: [String] { entries.map(\.name) }

  public subscript(name: String) -> String? {
    for entry in entries where entry.name == name { return entry.value }
    return nil
  }

  /// Adds a value, unless there is one of that name.
  public mutating func add(_ name: String, _ value: String) {
    guard self[name] == nil else { return }
    entries.append(Entry(name: name, value: value))
  }

  /// Adds those of `other` that have no name of ours.
  mutating func add(_ other: DetectionFields) {
    for entry in other.entries { add(entry.name, entry.value) }
  }
}
