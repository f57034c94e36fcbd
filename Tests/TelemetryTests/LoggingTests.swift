import Core
import Foundation
import Logging
import Testing

@testable import Telemetry

@Suite struct LoggingTests {
  @Test func aLineIsOneObject() throws {
    let capture = try LogCapture()
    let logger = capture.jsonLogger()
    logger.warning(
      "batch refused",
      metadata: [
        "organization": "7", "count": .stringConvertible(12), "ratio": .stringConvertible(0.5),
        "ok": .stringConvertible(false), "sources": ["a", "b"], "limits": ["bytes": "9"],
      ])
    let text = capture.text()
    #expect(text.hasSuffix("}\n") && text.split(separator: "\n").count == 1)
    let object =
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    #expect(object["level"] as? String == "warning")
    #expect(object["logger"] as? String == "harrier.test")
    #expect(object["message"] as? String == "batch refused")
    #expect(object["organization"] as? String == "7")
    #expect(object["count"] as? Int == 12)
    #expect(object["ratio"] as? Double == 0.5)
    #expect(object["ok"] as? Bool == false)
    #expect(object["sources"] as? [String] == ["a", "b"])
    #expect(object["limits"] as? [String: String] == ["bytes": "9"])
    #expect(Timestamp(object["ts"] as? String ?? "") != nil)
  }

  @Test func anyTextIsJSONAndOneLine() throws {
    let capture = try LogCapture()
    let logger = capture.jsonLogger()
    let nasty = [
      "", "line\nfeed\r\n", "\"quoted\\\"", "\u{0}\u{1}\u{1B}[31m\u{7F}", "é 漢字 👩‍👩‍👧 \u{2028}", "\t",
    ]
    for text in nasty { logger.info("\(text)", metadata: [text: .string(text)]) }
    let objects = try capture.objects()
    #expect(objects.count == nasty.count)
    for (object, text) in zip(objects, nasty) {
      #expect(object["message"] as? String == text)
      #expect(object[text] as? String == text)
    }
  }

  @Test func fieldsComeFromLoggerProviderAndEvent() throws {
    let capture = try LogCapture()
    var handler = JSONLogHandler(
      label: "l", sink: capture.sink,
      metadataProvider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
    handler[metadataKey: "a"] = "logger"
    handler[metadataKey: "c"] = "logger"
    #expect(handler[metadataKey: "c"] == "logger")
    let logger = Logger(label: "l") { _ in handler }
    logger.info("x", metadata: ["b": "event", "message": "mine", "level": "mine"])
    let object = try #require(try capture.objects().first)
    #expect(object["a"] as? String == "provider")
    #expect(object["b"] as? String == "event")
    #expect(object["c"] as? String == "logger")
    #expect(object["message"] as? String == "x" && object["message_"] as? String == "mine")
    #expect(object["level"] as? String == "info" && object["level_"] as? String == "mine")
  }

  @Test func levelsBelowTheSetOneAreSilent() throws {
    let capture = try LogCapture()
    var logger = capture.jsonLogger(.warning)
    logger.info("no")
    logger.error("yes")
    logger.logLevel = .debug
    logger.debug("yes")
    #expect(try capture.objects().map { $0["level"] as? String } == ["error", "debug"])
  }

  @Test(arguments: [
    "password", "Password", "db_password", "passwd", "secret", "clientSecret", "token",
    "access_token", "Authorization", "http.authorization", "key", "api_key", "apiKey", "X-API-Key",
    "sensor_key", "cookie", "credentials", "jwt",
  ])
  func secretsAreRedacted(name: String) throws {
    let capture = try LogCapture()
    capture.jsonLogger().info(
      "x",
      metadata: [
        name: "hunter2", "nested": ["deep": [name: ["hunter2"]]],
        "list": [[name: "hunter2"]],
      ])
    capture.textLogger().info("x", metadata: [name: "hunter2", "n": [name: "hunter2"]])
    let text = capture.text()
    #expect(!text.contains("hunter2"))
    #expect(text.components(separatedBy: "[redacted]").count == 6)
  }

  @Test(arguments: [
    "key_id", "keyId", "monkey", "keyboard", "keyspace", "tokenizer", "token_type", "secretary",
    "rule", "author", "password_age",
  ])
  func whatOnlySoundsSecretIsShown(name: String) throws {
    let capture = try LogCapture()
    capture.jsonLogger().info("x", metadata: [name: "shown"])
    #expect(try capture.objects().first?[name] as? String == "shown")
  }

  @Test func linesAreBounded() throws {
    let capture = try LogCapture()
    var deep: Logger.MetadataValue = "bottom"
    for _ in 0..<100 { deep = ["d": deep] }
    var metadata: Logger.Metadata = [
      "deep": deep, "long": .string(String(repeating: "é👩‍👩‍👧", count: 5000)),
    ]
    metadata["list"] = .array((0..<1000).map { "\($0)" })
    capture.jsonLogger().info("\(String(repeating: "m", count: 100_000))", metadata: metadata)
    let many = Dictionary(
      uniqueKeysWithValues: (0..<1000).map { ("f\($0)", Logger.MetadataValue("v")) })
    capture.jsonLogger().info("many", metadata: many)
    let objects = try capture.objects()
    let long = try #require(objects[0]["long"] as? String)
    #expect(long.utf8.count <= LogField.maxText + 3 && long.hasSuffix("…"))
    #expect((objects[0]["message"] as? String)?.utf8.count == LogField.maxText + 3)
    #expect((objects[0]["list"] as? [Any])?.count == LogField.maxFields + 1)
    #expect(objects[1].count == LogField.maxFields + 5)
    #expect(objects[1]["truncated"] as? Bool == true)
  }

  @Test func aTerminalIsNotObeyedByWhatIsLogged() throws {
    let capture = try LogCapture()
    capture.textLogger().notice(
      "user \u{1B}[2J\u{202E}x\ny\u{9B}",
      metadata: [
        "host": "a\u{1B}]0;b", "n": .stringConvertible(3), "words": "two words", "list": ["a"],
      ])
    let text = capture.text()
    #expect(text.split(separator: "\n").count == 1)
    #expect(
      !text.unicodeScalars.dropLast().contains {
        $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
      })
    #expect(
      text.contains(
        "notice   harrier.test: user \\u{1b}[2J\\u{202e}x\\u{a}y\\u{9b} host=a\\u{1b}]0;b"))
    #expect(text.contains(" list=[\"a\"] n=3 words=\"two words\"\n"))
    capture.textLogger(colored: true).error("x")
    #expect(capture.text().contains("\u{1B}[31merror   \u{1B}[0m"))
  }

  @Test func linesOfManyTasksDoNotMix() async throws {
    let capture = try LogCapture()
    let logger = capture.jsonLogger()
    let filler = String(repeating: "x", count: 300)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for line in 0..<100 { logger.info("\(task) \(line)", metadata: ["filler": "\(filler)"]) }
        }
      }
    }
    let messages = try capture.objects().compactMap { $0["message"] as? String }
    #expect(Set(messages).count == 800)
  }

  @Test func aLineThatCannotBeWrittenIsCounted() {
    let sink = LogSink(descriptor: -1)
    Logger(label: "l") { JSONLogHandler(label: $0, sink: sink) }.info("lost")
    #expect(sink.droppedLines == 1)
  }

  @Test func theFormatFollowsTheSink() throws {
    let capture = try LogCapture()
    #expect(!capture.sink.isTerminal)
    #expect(
      LogFormat.automatic.handler(label: "l", level: .info, sink: capture.sink) is JSONLogHandler)
    #expect(LogFormat.text.handler(label: "l", level: .info, sink: capture.sink) is TextLogHandler)
    #expect(LogFormat(rawValue: "json") == .json)
  }
}
