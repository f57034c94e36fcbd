import Core
import Normalization
import Testing

@Suite struct PossibleLogSourceTests {
  private func applies(_ rule: LogSource, to sourceType: String) -> Bool {
    MappingCatalog.builtIn.possibleLogSources(of: sourceType).contains { rule.applies(to: $0) }
  }

  @Test(arguments: [
    ("windows.sysmon", LogSource(category: "process_creation", product: "windows")),
    ("windows.sysmon", LogSource(product: "windows", service: "sysmon")),
    ("windows.security", LogSource(product: "windows", service: "security")),
    ("linux.sysmon", LogSource(category: "process_creation", product: "linux")),
    ("linux.sshd", LogSource(product: "linux", service: "sshd")),
    ("linux.auditd", LogSource(product: "linux", service: "auditd")),
    ("suricata", LogSource(category: "ids")),
    ("cowrie", LogSource(category: "honeypot", product: "cowrie")),
    ("aws.cloudtrail", LogSource(product: "aws", service: "cloudtrail")),
    ("linux.endpoint", LogSource(category: "process_creation", product: "linux")),
    ("zeek.dns", LogSource(product: "zeek", service: "dns")),
    ("my.app", LogSource(product: "my", service: "app")),
  ])
  func aSourceTypeCanBelongTo(sourceType: String, rule: LogSource) {
    #expect(applies(rule, to: sourceType))
  }

  @Test(arguments: [
    ("windows.security", LogSource(category: "image_load", product: "windows")),
    ("linux.sshd", LogSource(product: "windows")), ("suricata", LogSource(product: "zeek")),
    ("unknown", LogSource(product: "linux")), ("", LogSource(category: "proxy")),
  ])
  func andCannotBelongTo(sourceType: String, rule: LogSource) {
    #expect(!applies(rule, to: sourceType))
  }
}
