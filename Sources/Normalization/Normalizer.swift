public import Core
public import EventScanner

/// Turns records of any known source into events: recognises the source, fills the columns, names the
/// fields that rules read, and finds the log sources and the sender's own event id.
///
/// One normalizer is used by one task at a time and reused for many records; it keeps buffers and the
/// sets of log sources it has made, which are thereby shared between events.
///
/// Recognition: a source type given by the caller, then one in the record (`source_type`), narrow the
/// mappings to those of that name; among them, or among all, the first whose shape the record has is
/// used. A record of no known shape is read by Harrier's own flat names and the Elastic Common Schema,
/// whose `event.dataset` names the source where neither shape, program nor message does. In any case the
/// event's `source_type` is the one that was given, if one was.
public struct Normalizer: Sendable {
  let catalog: MappingCatalog
  var walk = RecordWalk()
  var logSources = LogSourceCatalog()
  var windows: WindowsLogSources
  private var mapped = MappedEvent()
  private var fixedSets: [LogSourceSet?]
  var scratch: [UInt8] = []
  /// The last source type that was given: neighbours mostly come from one source.
  private var lastFamily: (name: String, mappings: [Int]?) = ("", nil)

  /// - Parameter catalog: the mappings; the built-in ones alone unless a user has some.
  public init(catalog: MappingCatalog = .builtIn) {
    self.catalog = catalog
    windows = WindowsLogSources(channels: catalog.windowsChannels)
    fixedSets = catalog.mappings.map {
      if case .fixed(let sources) = $0.mapping.logSources { LogSourceSet(sources) } else { nil }
    }
  }

  /// Normalizes one JSON record.
  ///
  /// - Parameters:
  ///   - bytes: the span from which the tape was scanned.
  ///   - sourceTypeHint: what the caller knows of the source (`?source_type=`); it goes before the
  ///     record's own.
  ///   - receivedAt: when the record arrived; a syslog time without a year is read by it. Nil is now.
  ///   - event: is overwritten. After an error its fields and log sources are the record's all the
  ///     same (unless it is no object), and so is its source type; its other columns are not to be used.
  public mutating func normalize(
    _ bytes: RawSpan, tape: borrowing JSONTape, sourceTypeHint: String? = nil,
    receivedAt: Timestamp? = nil, into event: inout NormalizedEvent
  ) throws(NormalizationError) {
    event.reset()
    guard tape.nodes.first?.kind == .object else {
      throw NormalizationError(.notAnEvent, field: "", expected: "expected a JSON object")
    }
    let names = catalog.recognizer.names(bytes, tape, root: 0)
    let saysType = names.meets(catalog.recognizer.sourceTypeName)
    let given = sourceTypeHint ?? (saysType ? Self.sourceType(of: bytes, tape) : nil)
    let index = catalog.mapping(in: given.flatMap { family(of: $0) }, names, bytes, tape)
    let compiled = index.map { catalog.mappings[$0] } ?? catalog.generic
    walk.start(slotCount: compiled.table.slotCount)
    if compiled.mapping.fields.isEventXML {
      EventXMLWalk(table: compiled.table).walk(bytes, tape, &walk, into: &event.fields)
    } else {
      walk.walk(bytes, tape, root: 0, compiled.table, into: &event.fields)
    }
    var (filled, failure) = event.columns.fill(bytes, tape, walk, compiled)
    event.columns.sourceType = given ?? compiled.mapping.sourceType
    event.senderEventID = senderEventID(bytes, tape, compiled)
    findLogSources(bytes, tape, compiled, index, given, &filled, &event)
    if !compiled.made.isEmpty { makeFields(bytes, tape, compiled, &event.fields) }
    readLines(bytes, tape, compiled, receivedAt, &filled, &event)
    if given == nil, index == nil { nameByDataset(bytes, tape, &event) }
    DerivedFields.append(event.columns, filled, compiled, walk, &scratch, to: &event.fields)
    if let failure { throw failure }
  }

  private mutating func family(of sourceType: String) -> [Int]? {
    if lastFamily.name != sourceType {
      lastFamily = (sourceType, catalog.family(sourceType))
    }
    return lastFamily.mappings
  }

  /// The record's own `source_type`, cut to its limit; nil if it has none.
  private static func sourceType(of bytes: RawSpan, _ tape: borrowing JSONTape) -> String? {
    guard let index = tape.member("source_type", in: bytes), tape.nodes[index].kind == .string,
      !tape.nodes[index].value.isEmpty
    else { return nil }
    var text: [UInt8] = []
    tape.appendValue(at: index, in: bytes, to: &text)
    return TextLimits.string(text, limit: TextLimits.sourceType)
  }

  /// What neither shape, program nor message tell of a record's source, its sender may.
  private mutating func nameByDataset(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ event: inout NormalizedEvent
  ) {
    guard event.columns.sourceType == catalog.generic.mapping.sourceType,
      let node = Self.dataset.node(bytes, tape), tape.nodes[node].kind == .string,
      !tape.nodes[node].value.isEmpty
    else { return }
    var text: [UInt8] = []
    tape.appendValue(at: node, in: bytes, to: &text)
    event.columns.sourceType = TextLimits.string(text, limit: TextLimits.sourceType)
    event.fields.logSources = logSources.set(sourceType: event.columns.sourceType)
  }

  private static let dataset = RecordPath("event.dataset")

  private func senderEventID(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ compiled: CompiledMapping
  ) -> String? {
    for rule in compiled.senderIDs {
      var text: [UInt8] = []
      var complete = true
      for slot in rule.required {
        guard let node = walk.node(in: slot), tape.nodes[node].kind != .null,
          !tape.nodes[node].value.isEmpty
        else {
          complete = false
          break
        }
        if !text.isEmpty { text.append(UInt8(ascii: ":")) }
        tape.appendValue(at: node, in: bytes, to: &text)
      }
      guard complete else { continue }
      for slot in rule.optional {
        text.append(UInt8(ascii: ":"))
        if let node = walk.node(in: slot) { tape.appendValue(at: node, in: bytes, to: &text) }
      }
      // An id that is too long would be cut to one that others may share.
      guard text.count <= TextLimits.senderEventID else { return nil }
      return TextLimits.string(text, limit: TextLimits.senderEventID)
    }
    return nil
  }

  private mutating func findLogSources(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ compiled: CompiledMapping,
    _ index: Int?, _ given: String?, _ filled: inout ColumnSet, _ event: inout NormalizedEvent
  ) {
    switch compiled.mapping.logSources {
    case .fixed(let sources):
      event.fields.logSources = index.flatMap { fixedSets[$0] } ?? LogSourceSet(sources)
    case .service(_, let product, let always, let besides):
      let service = text(bytes, tape, slot: compiled.logSourceSlots[0], limit: 64).lowercased()
      if given == nil, !service.isEmpty { event.columns.sourceType = "\(product).\(service)" }
      event.fields.logSources = logSources.set(
        product: product, service: service, always: always, besides: besides[service] ?? [])
    case .table(_, let services, let otherwise, let product):
      let slot = compiled.logSourceSlots.first { walk.isNoted($0) }
      let value = slot.map { text(bytes, tape, slot: $0, limit: 64).lowercased() } ?? ""
      let service = services[value] ?? otherwise
      if given == nil { event.columns.sourceType = "\(product).\(service)" }
      event.fields.logSources = logSources.set(product: product, service: service, always: [])
    case .tableOf:
      event.fields.logSources = compiled.otherwiseSet
      for slot in compiled.logSourceSlots {
        guard let node = walk.node(in: slot) else { continue }
        event.fields.logSources =
          compiled.tableSets.value(of: bytes, tape.nodes[node].value) ?? compiled.otherwiseSet
        break
      }
    case .endpoint:
      let texts = compiled.logSourceSlots.map {
        text(bytes, tape, slot: $0, limit: 64).lowercased()
      }
      event.fields.logSources = logSources.set(
        platform: texts[0], category: texts[1], type: texts[2])
      if given == nil, !texts[0].isEmpty { event.columns.sourceType = "\(texts[0]).endpoint" }
    case .declared:
      guard let node = tape.member("logsources", in: bytes) else { return }
      event.fields.logSources = mapped.set(bytes, tape, node)
      if given == nil, let source = event.fields.logSources.sources.last {
        let name = [source.product, source.service].compactMap(\.self).joined(separator: ".")
        event.columns.sourceType = TextLimits.string(
          Array(name.utf8), limit: TextLimits.sourceType)
      }
    case .windows:
      let kind = windowsKind(bytes, tape, compiled)
      event.fields.logSources = kind.sources
      if given == nil { event.columns.sourceType = kind.sourceType }
      if let action = kind.action, !filled.contains(.action) {
        event.columns.action = action
        filled.insert(.action)
      }
      for copy in kind.copies {
        guard let entry = event.fields.first(named: copy.from) else { continue }
        event.fields.append(
          name: copy.name, value: event.fields.value(of: entry), kind: entry.kind)
      }
    case .bySourceType:
      event.fields.logSources = logSources.set(sourceType: event.columns.sourceType)
    }
  }

  private mutating func windowsKind(
    _ bytes: RawSpan, _ tape: borrowing JSONTape, _ compiled: CompiledMapping
  ) -> WindowsLogSources.Kind {
    let slots = compiled.logSourceSlots
    let channel = walk.node(in: slots[0]).map { tape.nodes[$0].value } ?? 0..<0
    let number = walk.node(in: slots[1]).flatMap {
      JSONText.int64(bytes, tape.nodes[$0].value)
    }
    let service = windows.service(ofChannel: bytes, channel)
    let eventID = Int(clamping: number ?? -1)
    let type =
      windows.needsType(service: service, eventID: eventID)
      ? text(bytes, tape, slot: slots[2], limit: 64).lowercased() : ""
    return windows.kind(service: service, eventID: eventID, eventType: type)
  }

  /// The text in a slot, or the empty string.
  func text(_ bytes: RawSpan, _ tape: borrowing JSONTape, slot: Int, limit: Int) -> String {
    guard let node = walk.node(in: slot), !tape.nodes[node].kind.isContainer else { return "" }
    return tape.text(at: node, in: bytes, limit: limit)
  }
}

extension JSONTape {
  /// The value's text, cut to a limit.
  func text(at index: Int, in bytes: RawSpan, limit: Int) -> String {
    ColumnValue(bytes: nodes[index].value, node: index).string(bytes, self, limit: limit)
  }
}
