import Glibc
import Postgres
import TestServers
import Testing

@Suite struct ObserverTests {
  @TaskLocal static var request = "none"

  /// Collects on the connection's thread; read after the connection has done.
  private final class Recorder: PostgresObserver, @unchecked Sendable {
    private var mutex = pthread_mutex_t()
    private var all: [(record: PostgresStatementRecord, request: String)] = []

    init() { pthread_mutex_init(&mutex, nil) }
    deinit { pthread_mutex_destroy(&mutex) }

    func statementFinished(_ record: PostgresStatementRecord) {
      pthread_mutex_lock(&mutex)
      all.append((record, ObserverTests.request))
      pthread_mutex_unlock(&mutex)
    }

    var records: [(record: PostgresStatementRecord, request: String)] {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      return all
    }
  }

  @Test func everyStatementIsTold() async throws {
    let recorder = Recorder()
    let pool = try await SharedPostgres.shared().schema().pool(observer: recorder)
    let insert = PostgresStatement("test.insert", "insert into t values ($1)")
    try await Self.$request.withValue("r-1") {
      try await pool.withConnection { c in
        try c.executeScript("create table t (a int primary key)")
        try c.transaction {
          try c.execute(insert, [.int4(1)])
          try c.pipeline([(insert, [.int4(2)]), (insert, [.int4(3)])])
        }
        try c.copyBinary(name: "test.copy", into: "t", columns: ["a"]) {
          try $0.row(columns: 1) { $0.int4(4) }
        }
        _ = try c.read("select a from t") { _ in }
        _ = failure { try c.execute(insert, [.int4(1)]) }
      }
    }
    let records = recorder.records.map(\.record)
    #expect(
      records.map { "\($0.name) \($0.rows) \($0.sqlState ?? "-")" } == [
        "script 0 -", "begin 0 -", "test.insert 1 -", "test.insert 1 -", "test.insert 1 -",
        "commit 0 -", "test.copy 1 -", "test.read 4 -", "test.insert 0 23505",
      ])
    #expect(records.allSatisfy { $0.duration > .zero && $0.backendPID > 0 })
    #expect(records[0].poolWait > .zero, "the wait for the connection to open")
    #expect(records.dropFirst().allSatisfy { $0.poolWait == .zero })
    #expect(records.last?.errorCode == .server)
    #expect(records[2].sql == "insert into t values ($1)")
    #expect(recorder.records.allSatisfy { $0.request == "r-1" }, "task-local values are there")
    await pool.shutdown()
  }
}
