import Logging
import Telemetry
import Testing

@Suite struct ObservableEventTests {
  @Test func anEventIsLoggedAndCounted() throws {
    let capture = try LogCapture()
    let emitter = EventEmitter(logger: capture.jsonLogger(), metrics: MetricsRegistry())
    emitter.emit(DependencyRestored("redis", after: nil))
    emitter.emit(DependencyLost("redis", isVital: false, reason: "connection reset"))
    emitter.emit(DependencyLost("postgres", isVital: true, reason: "refused"))
    emitter.emit(DependencyRestored("redis", after: .milliseconds(2500)))

    let lines = try capture.objects()
    #expect(lines.map { $0["level"] as? String } == ["info", "warning", "error", "notice"])
    #expect(lines[1]["message"] as? String == "dependency lost")
    #expect(lines[1]["reason"] as? String == "connection reset")
    #expect(lines[3]["outage_seconds"] as? Double == 2.5)

    let text = String(decoding: emitter.metrics.exposition(), as: UTF8.self)
    #expect(text.contains("harrier_dependency_up{dependency=\"postgres\"} 0\n"))
    #expect(text.contains("harrier_dependency_up{dependency=\"redis\"} 1\n"))
    #expect(text.contains("harrier_dependency_outages_total{dependency=\"redis\"} 1\n"))
    #expect(text.contains("harrier_dependency_outage_seconds_sum{dependency=\"redis\"} 2.5\n"))
  }
}
