internal import Core
internal import Sigma

extension LogSource {
  init(_ node: YAMLNode) throws(SigmaError) {
    let reader = try NodeReader(node, path: "logsource")
    try reader.refuseUnknown(except: ["category", "product", "service", "definition"])
    func attribute(_ key: String) throws(SigmaError) -> String? {
      guard let text = try reader.optionalString(key) else { return nil }
      guard !text.isEmpty else { throw reader.fault(key, "empty: remove it") }
      return text.lowercased()
    }
    self.init(
      category: try attribute("category"), product: try attribute("product"),
      service: try attribute("service"))
    if category == nil, product == nil, service == nil {
      throw SigmaError(
        .structure, "logsource names neither category, product nor service", line: node.line)
    }
  }
}
