import Postgres
import PrivateServers
import TestServers
import Testing

/// Values go to the server and come back, in binary both ways.
@Suite struct TypeTests {
  /// What the server says of a value that it got, as text, and the row for reading it back.
  private func ask<R: Sendable>(
    _ value: PostgresValue, as type: String, _ read: @Sendable (PostgresRow) throws -> R
  ) async throws -> (text: String?, value: R) {
    let connection = try await SharedPostgres.shared().connection()
    return try await connection.ask(value, type, read)
  }

  @Test(arguments: [true, false]) func bool(_ value: Bool) async throws {
    let answer = try await ask(.bool(value), as: "bool") { try $0.bool(1) }
    #expect(answer == (value ? "true" : "false", value))
  }

  @Test(arguments: [0, 1, -1, .max, .min] as [Int64]) func integers(_ value: Int64) async throws {
    let int8 = try await ask(.int8(value), as: "int8") { try $0.int8(1) }
    #expect(int8 == (String(value), value))
    let small = Int32(truncatingIfNeeded: value)
    let int4 = try await ask(.int4(small), as: "int4") { try $0.int4(1) }
    #expect(int4 == (String(small), small))
    let tiny = Int16(truncatingIfNeeded: value)
    let int2 = try await ask(.int2(tiny), as: "int2") { try $0.int2(1) }
    #expect(int2 == (String(tiny), tiny))
  }

  @Test(arguments: [0, -1.5, 1e300, .infinity, -.infinity, .leastNonzeroMagnitude])
  func float8(_ value: Double) async throws {
    #expect(try await ask(.float8(value), as: "float8") { try $0.float8(1) }.value == value)
  }

  @Test func notANumberAndSingleFloats() async throws {
    #expect(try await ask(.float8(.nan), as: "float8") { try $0.float8(1) }.value.isNaN)
    #expect(try await ask(.float8(1.5), as: "float4") { try $0.float8(1) }.value == 1.5)
  }

  @Test(arguments: ["", "a", "é🦅", "quote ' \" \\ \n", String(repeating: "x", count: 300_000)])
  func text(_ value: String) async throws {
    let answer = try await ask(.text(value), as: "text") { try $0.text(1) }
    #expect(answer.value == value && answer.text == value)
  }

  @Test(arguments: [[], [0], [0, 255, 10, 92], [UInt8](repeating: 7, count: 100_000)])
  func bytea(_ value: [UInt8]) async throws {
    let answer = try await ask(.bytea(value), as: "bytea") { row in
      (try row.bytea(1), try row.withBytes(1) { $0.byteCount })
    }
    #expect(answer.value.0 == value)
    #expect(answer.value.1 == value.count)
  }

  @Test func uuid() async throws {
    let answer = try await ask(
      .uuid(high: 0x0123_4567_89AB_8CDE, low: 0x8123_4567_89AB_CDEF), as: "uuid"
    ) {
      try $0.uuid(1)
    }
    #expect(answer.text == "01234567-89ab-8cde-8123-456789abcdef")
    #expect(answer.value == (0x0123_4567_89AB_8CDE, 0x8123_4567_89AB_CDEF))
  }

  @Test(
    arguments: [
      (0, "1970-01-01 00:00:00+00"),
      (-1, "1969-12-31 23:59:59.999999+00"),
      (946_684_800_000_000, "2000-01-01 00:00:00+00"),
      (1_795_248_000_123_456, "2026-11-21 08:00:00.123456+00"),
      (-210_866_803_200_000_000, "4714-11-24 00:00:00+00 BC"),
      (.max, "infinity"),
      (.min, "-infinity"),
    ] as [(Int64, String)])
  func timestamptz(_ value: Int64, _ text: String) async throws {
    let answer = try await ask(.timestamptz(microseconds: value), as: "timestamptz") {
      try $0.timestamptz(1)
    }
    #expect(answer == (text, value))
  }

  @Test(arguments: [.min + 1, .max - 1, -210_866_803_200_000_001] as [Int64])
  func aTimeThatPostgresCannotHoldIsRefused(_ value: Int64) async throws {
    // The largest 64-bit time since 1970 is within PostgreSQL's range.
    if value == .max - 1 {
      let answer = try await ask(.timestamptz(microseconds: value), as: "timestamptz") {
        try $0.timestamptz(1)
      }
      #expect(answer.value == value)
      return
    }
    let error = await #expect(throws: PostgresError.self) {
      try await ask(.timestamptz(microseconds: value), as: "timestamptz") { _ in }
    }
    #expect(error?.sqlState == "22008")
  }

  @Test func aTimeThatWeCannotHoldIsAnError() async throws {
    let connection = try await SharedPostgres.shared().connection()
    let error = await #expect(throws: PostgresError.self) {
      try await connection.read("select timestamptz '294276-12-31'") { try $0.timestamptz(0) }
    }
    #expect(error?.code == .decoding)
  }

  @Test func dates() async throws {
    #expect(
      try await ask(.date(days: 20_778), as: "date") { try $0.date(1) } == ("2026-11-21", 20_778))
    #expect(try await ask(.date(days: -1), as: "date") { try $0.date(1) } == ("1969-12-31", -1))
  }

  @Test(
    arguments: [
      ([192, 0, 2, 1], "192.0.2.1/32"), ([0, 0, 0, 0], "0.0.0.0/32"),
      ([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:db8::1/128"),
    ] as [([UInt8], String)])
  func inet(_ value: [UInt8], _ text: String) async throws {
    let answer = try await ask(.inet(value), as: "inet") { try $0.inet(1) }
    #expect(answer == (text, value))
  }

  @Test func aNetworkIsNoAddress() async throws {
    let connection = try await SharedPostgres.shared().connection()
    let error = await #expect(throws: PostgresError.self) {
      try await connection.read("select inet '192.0.2.0/24'") { try $0.inet(0) }
    }
    #expect(error?.code == .decoding)
  }

  @Test func jsonb() async throws {
    let answer = try await ask(.jsonb(#"{"a":[1,"é"]}"#), as: "jsonb") {
      (try $0.jsonb(1), try $0.text(1))
    }
    #expect(answer.value.0 == #"{"a": [1, "é"]}"#)
    #expect(answer.value.0 == answer.value.1)
  }

  @Test func arrays() async throws {
    let connection = try await SharedPostgres.shared().connection()
    try await connection.roundTripArrays()
  }

  @Test func nullOfEveryType() async throws {
    let connection = try await SharedPostgres.shared().connection()
    try await connection.readNulls()
  }
}

extension SharedPostgres {
  /// A connection to the common database, for tests that change nothing.
  func connection() async throws -> PostgresConnection {
    try await PostgresConnection.connect(PostgresConfiguration(conninfo: endpoint.conninfo))
  }
}

extension PostgresConnection {
  func ask<R: Sendable>(
    _ value: PostgresValue, _ type: String, _ read: @Sendable (PostgresRow) throws -> R
  ) throws -> (text: String?, value: R) {
    let statement = PostgresStatement("test.echo", "select ($1::\(type))::text, $1::\(type)")
    let rows = try query(statement, [value]) { (try $0.optionalText(0), try read($0)) }
    return try #require(rows.first)
  }

  func read<R: Sendable>(
    _ sql: String, _ values: [PostgresValue] = [], _ row: @Sendable (PostgresRow) throws -> R
  ) throws -> [R] {
    try query(PostgresStatement("test.read", sql), values, row: row)
  }

  func roundTripArrays() throws {
    let bools = try ask(.boolArray([true, nil, false]), "bool[]") { try $0.boolArray(1) }
    #expect(bools == ("{t,NULL,f}", [true, nil, false]))
    let int2 = try ask(.int2Array([.min, nil, .max]), "int2[]") { try $0.int2Array(1) }
    #expect(int2 == ("{-32768,NULL,32767}", [.min, nil, .max]))
    let int4 = try ask(.int4Array([1, 2]), "int4[]") { try $0.int4Array(1) }
    #expect(int4 == ("{1,2}", [1, 2]))
    let int8 = try ask(.int8Array([.max]), "int8[]") { try $0.int8Array(1) }
    #expect(int8 == ("{9223372036854775807}", [.max]))
    let float8 = try ask(.float8Array([0.5, nil]), "float8[]") { try $0.float8Array(1) }
    #expect(float8 == ("{0.5,NULL}", [0.5, nil]))
    let text = try ask(.textArray(["", nil, "NULL", "a,\"b"]), "text[]") { try $0.textArray(1) }
    #expect(text == (#"{"",NULL,"NULL","a,\"b"}"#, ["", nil, "NULL", "a,\"b"]))
    let empty = try ask(.textArray([]), "text[]") { try $0.textArray(1) }
    #expect(empty == ("{}", []))
    let bytea = try ask(.byteaArray([[0, 1], []]), "bytea[]") { try $0.byteaArray(1) }
    #expect(bytea.value == [[0, 1], []])
    let times = try ask(.timestamptzArray([0, .max, nil]), "timestamptz[]") {
      try $0.timestamptzArray(1)
    }
    #expect(times == (#"{"1970-01-01 00:00:00+00",infinity,NULL}"#, [0, .max, nil]))
    let inet = try ask(.inetArray([[10, 0, 0, 1], nil]), "inet[]") { try $0.inetArray(1) }
    #expect(inet == ("{10.0.0.1,NULL}", [[10, 0, 0, 1], nil]))
    let json = try ask(.jsonbArray(["{}", nil]), "jsonb[]") { try $0.jsonbArray(1) }
    #expect(json == ("{\"{}\",NULL}", ["{}", nil]))
    let uuid = try ask(.uuidArray([(1, 2), nil]), "uuid[]") { try $0.uuidArray(1) }
    #expect(uuid.value.count == 2 && uuid.value[0]?.low == 2 && uuid.value[1] == nil)
    let error193 = failure {
      try read("select array[[1,2],[3,4]]") { try $0.int4Array(0) }
    }
    #expect(error193 != nil)
  }

  func readNulls() throws {
    let types = [
      "bool", "int2", "int4", "int8", "float8", "text", "bytea", "uuid", "timestamptz", "date",
      "inet", "jsonb", "text[]", "int8[]",
    ]
    let columns = types.map { "null::\($0)" }.joined(separator: ", ")
    let isNil = try read("select \(columns)") { row in
      [
        try row.optionalBool(0) == nil, try row.optionalInt2(1) == nil,
        try row.optionalInt4(2) == nil, try row.optionalInt8(3) == nil,
        try row.optionalFloat8(4) == nil, try row.optionalText(5) == nil,
        try row.optionalBytea(6) == nil, try row.optionalUUID(7) == nil,
        try row.optionalTimestamptz(8) == nil, try row.optionalDate(9) == nil,
        try row.optionalInet(10) == nil, try row.optionalJSONB(11) == nil,
        try row.optionalTextArray(12) == nil, try row.optionalInt8Array(13) == nil,
        row.isNull(0), try row.withBytes(6) { $0.byteCount } == nil,
      ]
    }
    #expect(isNil.first?.allSatisfy(\.self) == true)
    let error = failure {
      try read("select null::int4 as severity") { try $0.int4(0) }
    }
    #expect(error?.code == .decoding)
    #expect(error?.message.contains("severity") == true)
    for type in types {
      try expectEqual(read("select ($1::\(type)) is null", [.null]) { try $0.bool(0) }, [true])
    }
  }
}
