internal import Sigma

/// Reads Sigma rules from YAML: texts, files and directories.
///
/// Nothing here throws: what cannot be read or run is a refusal with its file, line and reason, and
/// the rest loads.
public struct RuleLoader: Sendable {
  public var limits: RuleLoaderLimits

  public init(limits: RuleLoaderLimits = RuleLoaderLimits()) {
    self.limits = limits
  }

  /// Loads files and directories together. A directory is read recursively, in the order of names,
  /// every `.yml` and `.yaml` in it.
  public func load(paths: [String]) -> LoadedRules {
    documents(paths: paths).resolved()
  }

  /// Loads one text that may hold several documents; `file` is what refusals call it.
  public func load(text: String, file: String) -> LoadedRules {
    documents(text: text, file: file).resolved()
  }

  public func documents(text: String, file: String) -> RuleDocuments {
    var documents = RuleDocuments()
    read(text, file: file, into: &documents)
    return documents
  }

  public func documents(paths: [String]) -> RuleDocuments {
    var documents = RuleDocuments()
    var finder = RuleFileFinder(limits: limits)
    for path in paths { finder.find(path) }
    for (file, error) in finder.problems {
      documents.refuse(error, file: file, line: 1, rule: nil)
    }
    for file in finder.files {
      do throws(SigmaError) {
        let text = try RuleFileFinder.text(of: file, limit: limits.bytesPerFile)
        read(text, file: file, into: &documents)
      } catch {
        documents.refuse(error, file: file, line: 1, rule: nil)
      }
    }
    return documents
  }

  private func read(_ text: String, file: String, into documents: inout RuleDocuments) {
    guard text.utf8.count <= limits.bytesPerFile else {
      let error = SigmaError(.limit, "larger than \(limits.bytesPerFile) bytes")
      documents.refuse(error, file: file, line: 1, rule: nil)
      return
    }
    documents.read(text, file: file, limits: limits)
  }
}
