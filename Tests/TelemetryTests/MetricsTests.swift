import Telemetry
import Testing

@Suite struct MetricsTests {
  private func text(_ registry: MetricsRegistry) -> String {
    String(decoding: registry.exposition(), as: UTF8.self)
  }

  @Test func theTextHasTheFormOfPrometheus() {
    let registry = MetricsRegistry()
    let requests = registry.counter(
      "harrier_requests_total", help: "Requests by route.", labels: ["route", "status"])
    requests["GET /api", "200"].increment()
    requests["GET /api", "200"].increment(by: 2)
    requests["GET /api", "500"].increment()
    registry.gauge("harrier_queue_bytes", help: "Bytes that wait.").set(1.5)
    let latency = registry.histogram(
      "harrier_latency_seconds", help: "Time.", labels: ["route"], buckets: [0.1, 1])
    for value in [0.05, 0.1, 0.5, 7] { latency["a"].observe(value) }
    #expect(
      text(registry) == """
        # HELP harrier_latency_seconds Time.
        # TYPE harrier_latency_seconds histogram
        harrier_latency_seconds_bucket{route="a",le="0.1"} 2
        harrier_latency_seconds_bucket{route="a",le="1"} 3
        harrier_latency_seconds_bucket{route="a",le="+Inf"} 4
        harrier_latency_seconds_sum{route="a"} 7.65
        harrier_latency_seconds_count{route="a"} 4
        # HELP harrier_queue_bytes Bytes that wait.
        # TYPE harrier_queue_bytes gauge
        harrier_queue_bytes 1.5
        # HELP harrier_requests_total Requests by route.
        # TYPE harrier_requests_total counter
        harrier_requests_total{route="GET /api",status="200"} 3
        harrier_requests_total{route="GET /api",status="500"} 1

        """)
  }

  @Test func labelsAndHelpAreEscaped() {
    let registry = MetricsRegistry()
    let counter = registry.counter("a_total", help: "back\\slash \"and\"\nline", labels: ["l"])
    counter["quote\" back\\ line\n é"].increment()
    #expect(
      text(registry) == """
        # HELP a_total back\\\\slash "and"\\nline
        # TYPE a_total counter
        a_total{l="quote\\" back\\\\ line\\n é"} 1

        """)
  }

  @Test(
    arguments: [
      (0, "0"), (-3, "-3"), (0.5, "0.5"), (1e100, "1e+100"), (1e-7, "1e-07"), (.infinity, "+Inf"),
      (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_991, "9007199254740991"),
    ] as [(Double, String)])
  func numbersAreReadable(value: Double, written: String) {
    let registry = MetricsRegistry()
    registry.gauge("g", help: "h").set(value)
    #expect(text(registry).hasSuffix("\ng \(written)\n"))
  }

  @Test func theSameNameIsTheSameMetric() {
    let registry = MetricsRegistry()
    registry.counter("a_total", help: "h", labels: ["x"])["1"].increment()
    registry.counter("a_total", help: "h", labels: ["x"])["1"].increment()
    #expect(registry.counter("a_total", help: "h", labels: ["x"])["1"].value == 2)
    registry.gauge("g", help: "h").add(2)
    registry.gauge("g", help: "h").add(-0.5)
    #expect(registry.gauge("g", help: "h").value == 1.5)
  }

  @Test func seriesAreBoundedAndTheRestIsCounted() {
    let registry = MetricsRegistry(maxSeries: 10)
    let family = registry.counter("a_total", help: "h", labels: ["path", "verb"])
    for number in 0..<100 { family["/\(number)", "GET"].increment() }
    family["/3", "GET"].increment()
    let lines = text(registry).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("a_total{") }.count == 11)
    #expect(lines.contains("a_total{path=\"other\",verb=\"other\"} 90"))
    #expect(lines.contains("a_total{path=\"/3\",verb=\"GET\"} 2"))
    #expect(lines.contains("harrier_metric_series_refused_total{metric=\"a_total\"} 90"))
  }

  @Test func sampledMetricsAreReadWhenAsked() {
    let registry = MetricsRegistry(maxSeries: 2)
    let source = Counter.counter(in: registry)
    registry.sampled("live", help: "h", labels: ["pool"]) {
      source.increment()
      return [
        MetricSample(Double(source.value), labels: ["read"]), MetricSample(2, labels: ["write"]),
      ]
    }
    #expect(text(registry).contains("live{pool=\"read\"} 1\nlive{pool=\"write\"} 2\n"))
    #expect(text(registry).contains("live{pool=\"read\"} 2\n"))
    registry.sampled("live", help: "h", kind: .counter, labels: ["n"]) {
      (0..<5).map { MetricSample(Double($0), labels: ["\($0)"]) }
    }
    let replaced = text(registry)
    #expect(replaced.contains("# TYPE live counter\nlive{n=\"0\"} 0\nlive{n=\"1\"} 1\n"))
    #expect(!replaced.contains("live{n=\"2\"}"))
    #expect(text(registry).contains("refused_total{metric=\"live\"} 3\n"))
  }

  @Test func histogramsTakeAnyValue() {
    let registry = MetricsRegistry()
    let histogram = registry.histogram("h", help: "h", buckets: [1, 2])
    for value in [-5, 0, 1, 1.5, 2, .infinity, .nan] { histogram.observe(value) }
    histogram.observe(Duration.milliseconds(1500))
    #expect(histogram.count == 7)
    let lines = text(registry)
    #expect(lines.contains("h_bucket{le=\"1\"} 3\nh_bucket{le=\"2\"} 6\nh_bucket{le=\"+Inf\"} 7\n"))
    #expect(lines.contains("h_sum +Inf\nh_count 7\n"))
  }

  @Test func noIncrementIsLost() async {
    let registry = MetricsRegistry()
    let counter = registry.counter("a_total", help: "h")
    let gauge = registry.gauge("g", help: "h")
    let histogram = registry.histogram("h", help: "h", buckets: [1, 2, 3])
    let family = registry.counter("b_total", help: "h", labels: ["l"])
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for step in 0..<5000 {
            counter.increment()
            gauge.add(1)
            histogram.observe(Double(step % 4))
            family["\(task % 3)"].increment()
            if step % 500 == 0 { _ = registry.exposition() }
          }
        }
      }
    }
    #expect(counter.value == 40_000)
    #expect(gauge.value == 40_000)
    #expect(histogram.count == 40_000)
    #expect((0..<3).reduce(0) { $0 + family["\($1)"].value } == 40_000)
    let sum = 40_000 / 4 * 6
    #expect(text(registry).contains("h_sum \(sum)\n"))
  }

  #if os(Linux)
    @Test func mistakesOfTheProgramEndIt() async {
      await #expect(processExitsWith: .failure) {
        _ = MetricsRegistry().counter("requests", help: "without _total")
      }
      await #expect(processExitsWith: .failure) {
        _ = MetricsRegistry().gauge("no-dashes", help: "h")
      }
      await #expect(processExitsWith: .failure) {
        _ = MetricsRegistry().gauge("g", help: "h", labels: ["__reserved"])
      }
      await #expect(processExitsWith: .failure) {
        let registry = MetricsRegistry()
        _ = registry.gauge("g", help: "h")
        _ = registry.histogram("g", help: "h")
      }
      await #expect(processExitsWith: .failure) {
        _ = MetricsRegistry().counter("a_total", help: "h", labels: ["x"])["1", "2"]
      }
    }
  #endif
}

extension Counter {
  fileprivate static func counter(in registry: MetricsRegistry) -> Counter {
    registry.counter("source_total", help: "h")
  }
}
