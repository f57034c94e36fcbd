import Foundation

/// Where the repository and the data beside it lie.
enum SharedData {
  static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  static let folder =
    ProcessInfo.processInfo.environment["HARRIER_SHARED_DATA"] ?? "\(root)/../shared/data"

  static let scenarios = "\(folder)/sigma/correlation-scenarios.yml"
  static var hasScenarios: Bool { FileManager.default.fileExists(atPath: scenarios) }

  static let rules = "\(root)/ops/rules"
  static var hasRules: Bool { FileManager.default.fileExists(atPath: "\(rules)/tests") }
}
