/// The fields of one event as detection rules see them: names and values, flat, in one byte buffer.
///
/// Normalization fills it and the matcher reads it. One instance is reused for many events, so that
/// no field costs an allocation. Names and values are UTF-8; a value is the text that rules compare
/// (`4625`, `true`), with `kind` saying what it was in the record. A field that is absent from the
/// event is absent here; a JSON null is present with kind `.null` and an empty value. A name may
/// occur more than once (an array's elements): a rule holds if it holds for any of them.
public struct EventFields: Sendable {
  public enum Kind: UInt8, Sendable {
    case string, number, bool, null
  }

  public struct Entry: Sendable {
    public let name: Range<Int32>
    public let value: Range<Int32>
    public let kind: Kind
  }

  /// All names and values; entries are ranges of it.
  public private(set) var bytes: [UInt8] = []
  public private(set) var entries: [Entry] = []
  public var logSources: LogSourceSet = .empty
  /// How many of the entries, from the first, come from the record itself; those behind them are
  /// Harrier's own names for what a mapping made of it (`action`, `outcome`, …). A search of the whole
  /// event for a keyword reads only the former.
  public private(set) var recordEntryCount = 0

  public init() {}

  /// Empties the fields and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    logSources = .empty
    recordEntryCount = 0
  }

  /// Adds one field. The bytes must be UTF-8; `value` is ignored for `.null`.
  public mutating func append(
    name: some Collection<UInt8>, value: some Collection<UInt8>, kind: Kind = .string
  ) {
    let nameStart = Int32(bytes.count)
    bytes.append(contentsOf: name)
    let valueStart = Int32(bytes.count)
    if kind != .null { bytes.append(contentsOf: value) }
    let end = Int32(bytes.count)
    entries.append(Entry(name: nameStart..<valueStart, value: valueStart..<end, kind: kind))
    recordEntryCount = entries.count
  }

  public mutating func append(name: String, value: String, kind: Kind = .string) {
    append(name: name.utf8, value: value.utf8, kind: kind)
  }

  /// The same for bytes in memory, without a copy in between. `derived` is a name of Harrier's own that
  /// the record does not have; derived fields come last.
  public mutating func append(
    name: RawSpan, value: RawSpan, kind: Kind = .string, derived: Bool = false
  ) {
    let nameStart = Int32(bytes.count)
    name.withUnsafeBytes { bytes.append(contentsOf: $0) }
    let valueStart = Int32(bytes.count)
    if kind != .null { value.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    let end = Int32(bytes.count)
    entries.append(Entry(name: nameStart..<valueStart, value: valueStart..<end, kind: kind))
    if !derived { recordEntryCount = entries.count }
  }

  public func name(of entry: Entry) -> String {
    String(decoding: bytes[Int(entry.name.lowerBound)..<Int(entry.name.upperBound)], as: UTF8.self)
  }

  public func value(of entry: Entry) -> String {
    String(
      decoding: bytes[Int(entry.value.lowerBound)..<Int(entry.value.upperBound)], as: UTF8.self)
  }

  /// The first entry of that name, compared byte by byte; nil if the field is absent.
  public func first(named name: String) -> Entry? {
    let wanted = Array(name.utf8)
    return entries.first {
      $0.name.count == wanted.count
        && bytes[Int($0.name.lowerBound)..<Int($0.name.upperBound)].elementsEqual(wanted)
    }
  }

  /// The first value of that name; nil if the field is absent or null.
  public func value(named name: String) -> String? {
    guard let entry = first(named: name), entry.kind != .null else { return nil }
    return value(of: entry)
  }
}
