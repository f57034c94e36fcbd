internal import Core
public import Sigma

extension RuleLoader {
  /// Reads each document of a text by itself; references are not resolved, filters not applied.
  public func separate(
    text: String, file: String
  ) -> (documents: [RuleFileDocument], refusals: [RuleRefusal]) {
    var separated = SeparatedDocuments()
    separated.read(text, file: file, limits: limits)
    return (separated.documents, separated.refusals)
  }

  /// The same for files and directories.
  public func separate(
    paths: [String]
  ) -> (documents: [RuleFileDocument], refusals: [RuleRefusal]) {
    var separated = SeparatedDocuments()
    var finder = RuleFileFinder(limits: limits)
    for path in paths { finder.find(path) }
    for (file, error) in finder.problems { separated.refuse(error, file: file) }
    for file in finder.files {
      do throws(SigmaError) {
        let text = try RuleFileFinder.text(of: file, limit: limits.bytesPerFile)
        separated.read(text, file: file, limits: limits)
      } catch {
        separated.refuse(error, file: file)
      }
    }
    return (separated.documents, separated.refusals)
  }
}

private struct SeparatedDocuments {
  var documents: [RuleFileDocument] = []
  var refusals: [RuleRefusal] = []

  mutating func refuse(_ error: SigmaError, file: String) {
    refusals.append(RuleRefusal(error, at: RuleLocation(file: file, line: 1), rule: nil))
  }

  mutating func read(_ text: String, file: String, limits: RuleLoaderLimits) {
    guard text.utf8.count <= limits.bytesPerFile else {
      refuse(SigmaError(.limit, "larger than \(limits.bytesPerFile) bytes"), file: file)
      return
    }
    let parts = YAMLDocument.split(text)
    guard parts.count <= limits.documentsPerFile else {
      refuse(SigmaError(.limit, "more than \(limits.documentsPerFile) documents"), file: file)
      return
    }
    var collection = LegacyCollection()
    for part in parts {
      var read = RuleDocuments()
      read.read(part, file: file, limits: limits, &collection)
      refusals += read.refusals
      let own = Self.trimmed(part.text)
      documents += read.rules.map { RuleFileDocument(text: own, content: .detection($0)) }
      documents += read.correlations.map { RuleFileDocument(text: own, content: .correlation($0)) }
      documents += read.filters.map { RuleFileDocument(text: own, content: .filter($0)) }
    }
  }

  /// Without blank lines at both ends; the last line ends in a newline.
  private static func trimmed(_ text: String) -> String {
    let newline = UInt8(ascii: "\n")
    let lines = text.utf8.split(separator: newline, omittingEmptySubsequences: false)
    func isBlank(_ line: Substring.UTF8View) -> Bool {
      line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
    guard let first = lines.firstIndex(where: { !isBlank($0) }),
      let last = lines.lastIndex(where: { !isBlank($0) })
    else { return "" }
    let bytes = lines[first...last].joined(separator: [newline])
    return String(decoding: Array(bytes) + [newline], as: UTF8.self)
  }
}
