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
  /// Reads whole commits until it has at least `limit` detections.
  ///
  /// - Returns: the detections by organization, and the last commit read.
  public static func read(
    _ shards: [CorrelationShard], writer: Int32, commits: ClosedRange<Int64>, limit: Int64,
    on connection: isolated PostgresConnection
  ) throws -> (detections: [OrganizationID: [Detection]], last: Int64) {
    let names = PostgresValue.int4Array(shards.map(\.rawValue))
    let ends = try connection.query(
      findEnd,
      [
        names, .int4(writer), .int8(commits.lowerBound), .int8(commits.upperBound), .int8(limit),
      ]
    ) { try $0.int8(0) }
    let last = ends.first ?? commits.upperBound
    var decoder = DetectionDecoder()
    let rows = try connection.query(
      readCommits, [names, .int4(writer), .int8(commits.lowerBound), .int8(last)]
    ) { row in
      (OrganizationID(try row.int4(0)), try decoder.detection(row, from: 1, nil))
    }
    var found: [OrganizationID: [Detection]] = [:]
    for (organization, detection) in rows { found[organization, default: []].append(detection) }
    return (found, last)
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
