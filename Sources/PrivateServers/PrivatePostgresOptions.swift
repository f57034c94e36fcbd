/// How a private PostgreSQL is set up.
public struct PrivatePostgresOptions: Sendable {
  /// The superuser; also made on first start.
  public var user = "harrier"
  /// Made on first start.
  public var database = "harrier"
  /// Memory for pages, in MB.
  public var sharedBuffersMegabytes = 256
  public var maxConnections = 100
  /// Off only for tests: without it a crash of the machine may lose or break data.
  public var fsync = true
  /// Further settings; they win over ours.
  public var settings: [(name: String, value: String)] = []
  /// Whether the server outlives this process. Else it is told to stop when this process ends,
  /// however it ends.
  public var isDetached = false
  public var startTimeout = Duration.seconds(60)

  public init() {}

  /// For ingestion on a small machine: few checkpoints, compressed full pages, insert-driven
  /// autovacuum on hot partitions, and no parameter values in the log.
  func allSettings(walCompression: String) -> [(name: String, value: String)] {
    [
      ("listen_addresses", ""),
      ("port", "5432"),
      ("unix_socket_permissions", "0700"),
      ("max_connections", String(maxConnections)),
      ("shared_buffers", "\(sharedBuffersMegabytes)MB"),
      ("fsync", fsync ? "on" : "off"),
      ("full_page_writes", fsync ? "on" : "off"),
      ("wal_compression", walCompression),
      ("max_wal_size", "4GB"),
      ("min_wal_size", "256MB"),
      ("checkpoint_timeout", "15min"),
      ("checkpoint_completion_target", "0.9"),
      ("autovacuum_naptime", "30s"),
      ("autovacuum_vacuum_insert_threshold", "20000"),
      ("autovacuum_vacuum_insert_scale_factor", "0.05"),
      ("autovacuum_analyze_scale_factor", "0.05"),
      ("log_parameter_max_length", "0"),
      ("log_parameter_max_length_on_error", "0"),
      ("log_min_error_statement", "panic"),
      ("log_timezone", "UTC"),
      ("timezone", "UTC"),
    ] + settings
  }
}

/// Where a private server answers.
public struct PrivatePostgresEndpoint: Sendable, Equatable {
  public let socketFolder: String
  public let user: String
  public let database: String

  /// For libpq: `host='/…' port=5432 user='harrier' dbname='harrier'`.
  public var conninfo: String { conninfo(database: database) }

  public func conninfo(database: String) -> String {
    "host=\(Self.quoted(socketFolder)) port=5432 user=\(Self.quoted(user)) "
      + "dbname=\(Self.quoted(database))"
  }

  /// `postgresql://harrier@/harrier?host=%2F…&port=5432`.
  public var url: String {
    "postgresql://\(Self.percentEncoded(user))@/\(Self.percentEncoded(database))"
      + "?host=\(Self.percentEncoded(socketFolder))&port=5432"
  }

  /// The socket itself.
  public var socketPath: String { "\(socketFolder)/.s.PGSQL.5432" }

  private static func quoted(_ value: String) -> String {
    var text = "'"
    for character in value {
      if character == "'" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return text + "'"
  }

  private static func percentEncoded(_ value: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF")
    var text = ""
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "%\(hexadecimal[Int(byte >> 4)])\(hexadecimal[Int(byte & 15)])"
      }
    }
    return text
  }
}
