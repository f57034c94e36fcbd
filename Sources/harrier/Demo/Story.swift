import Core

/// The attack that the demo replays: records of real tools with their times taken out.
///
/// `ops/demo/story.jsonl` holds one record a line; `ops/demo/README.md` says where they come from.
struct Story {
  struct Line {
    /// Microseconds after the story's start.
    var offset: Int64
    /// The sensor's kind, as events name it.
    var sourceType: String?
    /// The record with a token in the place of each of its times.
    var template: String
  }

  var lines: [Line]

  /// Event time between the first record and the last, in microseconds.
  var duration: Int64 { lines.last?.offset ?? 0 }

  /// The body of a request that holds these lines as they would be had the story begun at `start`:
  /// JSON records as they are, text lines as the `message` of an object.
  func body(_ range: Range<Int>, start: Timestamp) throws -> [UInt8] {
    var body: [UInt8] = []
    for line in lines[range] {
      let record = StoryTime.fill(line.template, at: start.advanced(byMicroseconds: line.offset))
      if record.hasPrefix("{") {
        body.append(contentsOf: record.utf8)
      } else {
        let text = TextRecord(message: record, sourceType: line.sourceType)
        body.append(contentsOf: try SnakeJSON.encode(text))
      }
      body.append(UInt8(ascii: "\n"))
    }
    return body
  }

  private struct TextRecord: Encodable {
    var message: String
    var sourceType: String?
  }

  private struct FileLine: Decodable {
    var offsetMs: Int64
    var sourceType: String?
    var record: String
  }

  /// Reads a story file; its lines must be in the order of their offsets.
  static func load(_ path: String) throws -> Story {
    let text = try FileText.read(path, limit: 16 << 20)
    let lines = try text.split(separator: "\n").enumerated().map { index, line in
      do {
        let line = try SnakeJSON.decode(line.utf8, as: FileLine.self)
        return Line(
          offset: line.offsetMs * 1000, sourceType: line.sourceType, template: line.record)
      } catch {
        throw CommandError(.bug, "\(path):\(index + 1): not a line of a story: \(error)")
      }
    }
    return Story(lines: lines)
  }
}

/// The tokens that stand for times in a story, each in the form that its sensor writes.
enum StoryTime {
  static func fill(_ template: String, at time: Timestamp) -> String {
    guard template.utf8.contains(UInt8(ascii: "@")) else { return template }
    var text = template
    for (token, form) in forms where text.contains(token) {
      text = text.split(separator: token, omittingEmptySubsequences: false)
        .joined(separator: form(time))
    }
    return text
  }

  private static let forms: [(token: String, form: @Sendable (Timestamp) -> String)] = [
    ("@{rfc3339}", { $0.description }),
    ("@{eve}", { String($0.description.dropLast()) + "+0000" }),
    ("@{epoch_us}", { String($0.microseconds) }),
    ("@{epoch}", { "\($0.microseconds / 1_000_000).\(digits($0.microseconds / 1000 % 1000, 3))" }),
    (
      "@{clf}",
      { time in
        let date = time.date
        return "\(digits(date.day, 2))/\(months[date.month - 1])/\(date.year):\(clock(time)) +0000"
      }
    ),
    (
      "@{syslog}",
      { time in
        let day = String(time.date.day)
        return "\(months[time.date.month - 1]) \(day.count == 1 ? " " : "")\(day) \(clock(time))"
      }
    ),
  ]

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `05:30:00`.
  private static func clock(_ time: Timestamp) -> String {
    String(time.description.dropFirst(11).prefix(8))
  }

  private static func digits(_ value: some BinaryInteger, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
