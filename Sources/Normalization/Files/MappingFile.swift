internal import Core
internal import EventScanner

/// A file of a user's own mappings, read already.
///
/// `{"mappings":[…],"windows_channels":{…}}`; the topic page "Mappings" has the members and an example.
public struct MappingFile: Sendable {
  public let name: String
  public let bytes: [UInt8]

  /// - Parameter name: how errors call the file.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// The largest file that is read, in bytes.
  public static let sizeLimit = 1 << 20

  func tree() throws(MappingFileError) -> JSONPlace {
    guard bytes.count <= Self.sizeLimit else {
      throw MappingFileError(
        file: name, pointer: "", message: "is larger than \(Self.sizeLimit) bytes: split it")
    }
    var tape = JSONTape()
    let limits = ScanLimits(maxLeaves: 65536, maxRecordBytes: Self.sizeLimit)
    do throws(ScanError) {
      try JSONScanner(limits: limits).scanRecord(bytes.span.bytes, into: &tape)
    } catch {
      throw MappingFileError(
        file: name, pointer: "", message: "isn't JSON: \(error.message), at byte \(error.offset)")
    }
    return JSONPlace(value: JSONTree(bytes.span.bytes, tape), file: name, pointer: "")
  }
}

extension MappingCatalog {
  /// The built-in mappings with a user's before them, in the order of the files.
  public init(files: [MappingFile]) throws(MappingFileError) {
    var user: [SourceMapping] = []
    var channels: [String: String] = [:]
    for file in files {
      let members = try file.tree().members(["mappings", "windows_channels"])
      for place in try members["mappings"]?.elements() ?? [] {
        user.append(contentsOf: try MappingReader(place).mappings())
        // Checked at each, so that the error names the one that is too much.
        guard
          RecordRecognizer.nameCount(user + SourceMapping.builtIn) <= RecordRecognizer.nameLimit
        else {
          throw place.error("recognizes by too many different names: leave some out")
        }
      }
      for (channel, service) in try members["windows_channels"]?.entries() ?? [] {
        channels[channel.lowercased()] = try service.text().lowercased()
      }
    }
    self.init(user: user, channels: channels)
  }
}
