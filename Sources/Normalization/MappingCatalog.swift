internal import EventScanner

/// All mappings, compiled, in the order in which their shapes are tried: a user's before the built-in
/// ones.
public struct MappingCatalog: Sendable {
  let mappings: [CompiledMapping]
  let recognizer: RecordRecognizer
  let generic: CompiledMapping
  /// What a sender may say in `source_type` → the mappings meant.
  let byName: [String: [Int]]
  /// A user's own Windows channels, in lower case, and their services.
  let windowsChannels: [String: String]

  /// What Harrier knows itself.
  public static let builtIn = MappingCatalog(user: [])

  /// - Parameters:
  ///   - user: go before the built-in ones.
  ///   - channels: Windows channels in lower case and their services.
  init(user: [SourceMapping], channels: [String: String] = [:]) {
    let declared = user + SourceMapping.builtIn
    mappings = declared.map { CompiledMapping($0) }
    generic = CompiledMapping(.generic)
    recognizer = RecordRecognizer(declared)
    var byName: [String: [Int]] = [:]
    for (index, mapping) in declared.enumerated() {
      for name in mapping.names { byName[name, default: []].append(index) }
    }
    self.byName = byName
    windowsChannels = channels
  }

  /// The mappings that a sender means by a source type (`windows.sysmon` is one of Windows'); nil if
  /// it names none of them.
  func family(_ sourceType: String) -> [Int]? {
    let name = sourceType.lowercased()
    return byName[name] ?? byName[String(name.prefix { $0 != "." })]
  }

  /// The first of the family, or else of all, whose shape a record has; nil for none.
  func mapping(
    in family: [Int]?, _ names: NameSet, _ bytes: RawSpan, _ tape: borrowing JSONTape
  ) -> Int? {
    if let family { return family.first { recognizer.matches($0, names, bytes, tape) } }
    return mappings.indices.first { recognizer.matches($0, names, bytes, tape) }
  }
}
