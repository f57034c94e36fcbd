import Testing

@testable import Postgres

@Suite struct ErrorTextTests {
  @Test(arguments: [
    (
      "22P02", #"invalid input syntax for type uuid: "secret""#,
      "invalid input syntax for type uuid"
    ),
    (
      "22003", #"value "secret" is out of range for type integer"#,
      "is out of range for type integer"
    ),
    ("22003", #"value "a" secret "b" is out of range"#, "is out of range"),
    (
      "22021", #"invalid byte sequence for encoding "UTF8": 0x00"#,
      "invalid byte sequence for encoding"
    ),
    ("22P02", "malformed array literal: secret", "malformed array literal"),
    ("22012", "division by zero", "division by zero"),
    ("P0001", #"rule "secret" was refused"#, "was refused"),
  ])
  func quotedInputIsCut(sqlState: String, message: String, kept: String) {
    let text = PostgresError.redacted(message, sqlState: sqlState)
    #expect(!text.contains("secret"))
    #expect(text.contains(kept))
  }

  @Test func otherMessagesAreKept() {
    let message = #"duplicate key value violates unique constraint "events_key""#
    #expect(PostgresError.redacted(message, sqlState: "23505") == message)
  }

  @Test func aHandshakesErrorHasItsState() {
    let error = PostgresError(
      connecting: """
        connection to server on socket "/s" failed: FATAL:  3D000: database "x" does not exist
        LOCATION:  InitPostgres, postinit.c:885
        """)
    #expect(error.sqlState == "3D000")
    #expect(error.message.hasSuffix(#"FATAL: database "x" does not exist"#))
    #expect(PostgresError(connecting: "could not connect: refused").sqlState == nil)
    #expect(PostgresError(connecting: "").code == .connection)
  }

  @Test func theRowOfACopyIsFoundInItsContext() {
    #expect(PostgresError.copyRow(#"COPY events, line 17, column ts: "x""#) == 17)
    #expect(PostgresError.copyRow("COPY events, line 3") == 3)
    #expect(PostgresError.copyRow("SQL function f") == nil)
    #expect(PostgresError.copyRow(nil) == nil)
  }

  @Test func classesOfErrorsAreTold() {
    #expect(PostgresError(.server, "", sqlState: "23505").isUniqueViolation)
    #expect(PostgresError(.server, "", sqlState: "40001").isRetryable)
    #expect(PostgresError(.server, "", sqlState: "40P01").isRetryable)
    #expect(PostgresError(.connection, "", sqlState: "57P01").isConnectionLoss)
    #expect(PostgresError(.server, "", sqlState: "08006").isConnectionLoss)
    #expect(PostgresError(.commitUnknown, "").isConnectionLoss)
    #expect(!PostgresError(.server, "", sqlState: "57014").isConnectionLoss)
  }
}
