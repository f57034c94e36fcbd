/// All mappings, compiled, in the order in which their shapes are tried.
struct MappingCatalog: Sendable {
  let mappings: [CompiledMapping]
  let recognizer: RecordRecognizer
  let generic: CompiledMapping
  /// What a sender may say in `source_type` → the mappings meant.
  let byName: [String: [Int]]

  static let shared = MappingCatalog()

  private init() {
    let declared: [SourceMapping] = [
      .mapped, .suricata, .windowsXML, .winlogbeat, .windowsFlat, .journald, .cowrie, .laurel,
      .cloudTrail, .zeek, .kubernetes, .gcp, .azure, .okta, .m365, .oneLogin, .duo, .osquery,
      .github,
    ]
    mappings = declared.map { CompiledMapping($0) }
    generic = CompiledMapping(.generic)
    recognizer = RecordRecognizer(mappings)
    var byName: [String: [Int]] = [:]
    for (index, mapping) in mappings.enumerated() {
      for name in mapping.mapping.names { byName[name, default: []].append(index) }
    }
    self.byName = byName
  }

  /// The mappings that a sender means by a source type (`windows.sysmon` is one of Windows'); nil if
  /// it names none of them.
  func family(_ sourceType: String) -> [Int]? {
    let name = sourceType.lowercased()
    return byName[name] ?? byName[String(name.prefix { $0 != "." })]
  }

  /// The first of the family, or else of all, whose shape a record has; nil for none.
  func mapping(in family: [Int]?, mask: UInt128) -> Int? {
    if let family { return family.first { recognizer.matches($0, mask) } }
    return mappings.indices.first { recognizer.matches($0, mask) }
  }
}
