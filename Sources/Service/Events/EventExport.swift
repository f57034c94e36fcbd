internal import Core
internal import EventStore
internal import Hummingbird
internal import NIOCore

/// Writes an export page by page. Each page is read when the client has taken the one before, so that
/// a slow client costs one page of memory and no connection to the database; one that goes away ends
/// the export.
struct EventExport: Sendable {
  static let pageSize = 1000

  let events: EventQueries
  let request: EventExportRequest
  let first: EventPage
  let place: OrganizationGate.Place
  let reader: StalledReader
  /// Of the request, for the problem that an export may end in.
  let path: String
  let requestID: String

  /// Why an export ends before its last event.
  struct CutOff: Error {
    let problem: Problem
  }

  @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
    if request.format == .csv {
      try await writer.write(ByteBuffer(bytes: CSVWriter.row(request.members.map { $0 })))
    }
    var page = first
    var left = request.limit
    while true {
      let events = page.events.prefix(left)
      if !events.isEmpty {
        let bytes = try await offEventLoop { lines(of: events) }
        try await reader.write(ByteBuffer(bytes: bytes), to: &writer)
      }
      left -= events.count
      let isFull = page.isCutShort || page.events.count >= wanted(left + events.count)
      guard let position = isFull ? events.last.map(EventPosition.init) : page.continuation else {
        break
      }
      if left == 0, request.isLimited { break }
      do {
        page = try await self.page(after: position, left: left)
      } catch {
        try await writer.write(lastLine(Problem.describing(error) ?? .internalError))
        break
      }
      if left == 0, !page.events.isEmpty {
        try await writer.write(lastLine(.exportCut(after: request.limit)))
        break
      }
    }
    try await writer.finish(nil)
    withExtendedLifetime(place) {}
  }

  /// Events to read where there are `left` to write: one more tells whether there are more.
  private func wanted(_ left: Int) -> Int { min(Self.pageSize, left + 1) }

  private func page(after position: EventPosition, left: Int) async throws -> EventPage {
    try await events.list(
      request.selection.filter, after: position, ascending: request.order == .ascending,
      limit: wanted(left), withRaw: request.withRaw)
  }

  /// What tells the client that the export is not whole.
  ///
  /// - Throws: `CutOff` where the form has no room for it: then the answer breaks off.
  private func lastLine(_ problem: Problem) throws -> ByteBuffer {
    guard request.format == .ndjson else { throw CutOff(problem: problem) }
    let body = problem.json(instance: path, requestID: requestID)
    return ByteBuffer(string: #"{"error":\#(String(decoding: body, as: UTF8.self))}"# + "\n")
  }

  private func lines(of events: ArraySlice<StoredEvent>) -> [UInt8] {
    var bytes: [UInt8] = []
    for event in events {
      switch request.format {
      case .ndjson:
        // Raw records stand in it as they were sent; a line feed in one is always between tokens.
        bytes += JSONWriter.object { $0.eventMembers(event, only: request.members) }
          .map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        bytes.append(UInt8(ascii: "\n"))
      case .csv: bytes += CSVWriter.row(request.members.map { event.text(of: $0) })
      }
    }
    return bytes
  }
}

extension Problem {
  /// As the last line of an export.
  fileprivate static func exportCut(after limit: Int) -> Problem {
    Problem(
      slug: "export_cut", title: "The export is not whole", status: 413,
      detail: "there are more than \(limit) events: export shorter ranges")
  }
}

extension StoredEvent {
  /// A member as the text of a cell; nil where the event has no value.
  fileprivate func text(of member: String) -> String? {
    switch member {
    case "id": id.description
    case "ts": ts.description
    case "received_at": receivedAt.description
    case "source_type": columns.sourceType
    case "event_id": columns.eventID
    case "severity": String(columns.severity.rawValue)
    case "src_ip": columns.srcIP?.description
    case "src_port": columns.srcPort.map { String($0) }
    case "dst_ip": columns.dstIP?.description
    case "dst_port": columns.dstPort.map { String($0) }
    case "protocol": columns.proto
    case "host": columns.host
    case "user": columns.user
    case "process": columns.process
    case "action": columns.action
    case "outcome": columns.outcome
    case "message": columns.message
    case "batch_id": String(batchID)
    case "raw": raw.map { String(decoding: $0, as: UTF8.self) }
    default: nil
    }
  }
}
