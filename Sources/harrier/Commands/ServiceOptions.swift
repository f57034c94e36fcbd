import ArgumentParser

/// Which service a command speaks to, and as whom.
struct ServiceOptions: ParsableArguments {
  @Option(help: "The service, as http://host:port (HARRIER_URL).")
  var url: String?

  @Option(help: "An API key (HARRIER_KEY, which the list of processes does not show).")
  var key: String?

  func client() throws -> APIClient {
    let environment = ProcessEnvironment.all
    guard let url = url ?? environment["HARRIER_URL"], !url.isEmpty else {
      throw CommandError(.usage, "which service? set HARRIER_URL or give --url http://host:port")
    }
    guard let key = key ?? environment["HARRIER_KEY"], !key.isEmpty else {
      throw CommandError(.credentials, "set HARRIER_KEY, or give --key, to an API key")
    }
    return try APIClient(url: url, credential: key)
  }
}
