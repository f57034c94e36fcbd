import Testing

@testable import Postgres

@Suite struct ConfigurationTests {
  private func value(_ keyword: String, _ configuration: PostgresConfiguration) throws -> String? {
    try configuration.parameters().last { $0.keyword == keyword }?.value
  }

  @Test func settingsBecomeOptionsOfTheSession() throws {
    let configuration = PostgresConfiguration(
      conninfo: "host=/s dbname=d", statementTimeoutMilliseconds: 3000,
      settings: [("enable_sort", "off"), ("search_path", #"a b\c"#)])
    let options = try #require(try value("options", configuration))
    #expect(options.contains("-c statement_timeout=3000"))
    #expect(options.contains("-c enable_sort=off"))
    #expect(options.hasSuffix(#"-c search_path=a\ b\\c"#))
  }

  @Test func whatTheConnectionStringSaysIsKept() throws {
    let configuration = PostgresConfiguration(
      conninfo: "postgresql://u@/d?host=%2Fs&connect_timeout=9&options=-c%20geqo%3Doff",
      applicationName: "ours")
    #expect(try value("host", configuration) == "/s")
    #expect(try value("connect_timeout", configuration) == "9")
    #expect(try value("application_name", configuration) == "ours")
    #expect(try value("options", configuration)?.hasPrefix("-c geqo=off -c statement") == true)
    #expect(try value("keepalives", configuration) == "1")
  }

  @Test func aMalformedStringIsRefusedWithoutShowingIt() throws {
    let configuration = PostgresConfiguration(conninfo: "password='hunter2 host")
    let error = #expect(throws: PostgresError.self) { try configuration.parameters() }
    #expect(error?.code == .configuration)
    #expect(error.map { !"\($0)".contains("hunter2") } == true)
  }

  @Test func aPasswordIsNeverPrinted() {
    let configuration = PostgresConfiguration(conninfo: "password=hunter2")
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect(!"\(configuration) \(dumped) \(String(reflecting: configuration))".contains("hunter2"))
  }
}
