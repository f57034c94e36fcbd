import Postgres
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListenerTests {
  @Test func aReaderThatLeavesEndsTheSession() async throws {
    let database = try await SharedPostgres.shared().database()
    let watcher = try await database.connect()
    var configuration = database.configuration
    configuration.applicationName = "listener"
    do {
      let stream = PostgresListener(configuration: configuration, channels: ["a"]).notifications()
      for await event in stream {
        #expect(event == .connected)
        break
      }
    }
    let sql =
      "select count(*) from pg_stat_activity where application_name = 'listener' "
      + "and datname = current_database()"
    while try await watcher.read(sql, [], { try $0.int8(0) }) != [0] {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test func aSlowReaderIsToldThatItMissedSomething() async throws {
    let database = try await SharedPostgres.shared().database()
    let listener = PostgresListener(configuration: database.configuration, channels: ["many"])
    let sender = try await database.connect()
    var events = listener.notifications().makeAsyncIterator()
    #expect(await events.next() == .connected)
    try await sender.executeScript(
      "select pg_notify('many', n::text) from generate_series(1, 6000) n")
    var last = 0
    reading: while let event = await events.next() {
      switch event {
      case .notification(_, let payload):
        let number = try #require(Int(payload))
        #expect(number == last + 1)
        last = number
        if last == 6000 { break reading }
        if last == 1 {
          // Give the listener the time to run over.
          try await Task.sleep(for: .milliseconds(300))
        }
      case .reconnected: break reading
      case .connected: Issue.record("connected twice")
      }
    }
    try await sender.executeScript("notify many, 'last'")
    while let event = await events.next() {
      if event == .notification(channel: "many", payload: "last") { break }
    }
  }
}
