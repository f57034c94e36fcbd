public import Core
public import Correlation
public import Postgres

/// What correlation reads: new detections writer by writer, and history.
public enum CorrelationHistory {
  /// For each writer the number of its last commit.
  public static func heads(
    on connection: isolated PostgresConnection
  ) throws -> [(writer: Int32, head: Int64)] {
    try connection.query(findHeads) { (try $0.int4(0), try $0.int8(1)) }
  }

  /// For each writer the last of its commits that have been correlated for a shard.
  public static func cursors(
    _ shard: CorrelationShard, on connection: isolated PostgresConnection
  ) throws -> [Int32: Int64] {
    let rows = try connection.query(findCursors, [.int4(shard.rawValue)]) {
      (try $0.int4(0), try $0.int8(1))
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// The detections of a writer's commits, for the organizations of some shards.
  ///
  /// Reads whole commits, of no more than `limit` detections together unless one alone has more.
  ///
  /// - Returns: the detections by organization, and the last commit read.
  public static func read(
    _ shards: [CorrelationShard], writer: Int32, commits: ClosedRange<Int64>, limit: Int64,
    on connection: isolated PostgresConnection
  ) throws -> (detections: [OrganizationID: [Detection]], last: Int64) {
    let rows = try rows(shards, writer, commits, limit: limit + 1, on: connection)
    guard rows.count > limit, let first = rows.first?.commit, let end = rows.last?.commit else {
      return (byOrganization(rows), commits.upperBound)
    }
    // The last commit may be cut off; it is left to the next time unless there is no other.
    guard first == end else {
      return (byOrganization(rows.filter { $0.commit < end }), end - 1)
    }
    return (
      byOrganization(try self.rows(shards, writer, end...end, limit: .max, on: connection)), end
    )
  }

  private typealias CommittedDetection = (
    organization: OrganizationID, commit: Int64, detection: Detection
  )

  /// In the order of the commits.
  private static func rows(
    _ shards: [CorrelationShard], _ writer: Int32, _ commits: ClosedRange<Int64>, limit: Int64,
    on connection: isolated PostgresConnection
  ) throws -> [CommittedDetection] {
    var decoder = DetectionDecoder()
    return try connection.query(
      readCommits,
      [
        .int4Array(shards.map(\.rawValue)), .int4(writer), .int8(commits.lowerBound),
        .int8(commits.upperBound), .int8(limit),
      ]
    ) { row in
      (
        OrganizationID(try row.int4(0)), try row.int8(1 + DetectionDecoder.commit),
        try decoder.detection(row, from: 1, nil)
      )
    }
  }

  private static func byOrganization(
    _ rows: [CommittedDetection]
  ) -> [OrganizationID: [Detection]] {
    var found: [OrganizationID: [Detection]] = [:]
    for row in rows { found[row.organization, default: []].append(row.detection) }
    return found
  }

  /// Moves the cursor past a commit.
  public static func advance(
    _ shard: CorrelationShard, writer: Int32, to commit: Int64,
    on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      moveCursor, [.int4(shard.rawValue), .int4(writer), .int8(commit)])
  }

  /// The detections of a request that have been correlated before, newest first, at most `limit`.
  ///
  /// - Parameter marks: tell which revision each was committed under.
  public static func detections(
    _ request: HistoryRequest, _ organization: OrganizationID, limit: Int64,
    marks: RevisionMarks, on connection: isolated PostgresConnection
  ) throws -> [Detection] {
    var decoder = DetectionDecoder()
    return try connection.query(
      readHistory,
      [
        .int4(organization.rawValue), .textArray(request.ruleIDs), request.from.value,
        request.to.value, .int4(CorrelationShard(of: organization).rawValue), .int8(limit),
      ]
    ) { try decoder.detection($0, from: 0, marks) }
  }

  /// Whether the organization has at most `limit` detections.
  public static func hasAtMost(
    _ limit: Int64, _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Bool {
    let rows = try connection.query(countSome, [.int4(organization.rawValue), .int8(limit + 1)]) {
      try $0.int8(0)
    }
    return (rows.first ?? 0) <= limit
  }

  /// The latest event of an organization's detections that have been correlated.
  public static func newest(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Timestamp? {
    let rows = try connection.query(
      findNewest,
      [.int4(organization.rawValue), .int4(CorrelationShard(of: organization).rawValue)]
    ) { Timestamp(microseconds: try $0.timestamptz(0)) }
    return rows.first
  }

  /// The earliest event of some rules' detections that reached us since `since`.
  public static func earliestReceived(
    since: Timestamp, rules: [String], _ organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws -> Timestamp? {
    let rows = try connection.query(
      findReceived, [.int4(organization.rawValue), .textArray(rules), since.value]
    ) { try $0.optionalTimestamptz(0).map { Timestamp(microseconds: $0) } }
    return rows.first.flatMap(\.self)
  }

  /// The organizations of a shard that have detections.
  public static func organizations(
    _ shard: CorrelationShard, on connection: isolated PostgresConnection
  ) throws -> [OrganizationID] {
    try connection.query(findOrganizations, [.int4(shard.rawValue)]) {
      OrganizationID(try $0.int4(0))
    }
  }
}
