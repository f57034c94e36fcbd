// swift-tools-version: 6.2
import PackageDescription

// One set of settings for every target; targets that touch C memory add strict memory safety.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]
let strict = settings + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(
  name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func unitTests(_ target: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(target)Tests", dependencies: [.init(stringLiteral: target)] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "harrier",
  products: [.executable(name: "harrier", targets: ["harrier"])],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // C libraries, and inline functions that Swift can't express.
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CShims"),
    .target(name: "COutbound", dependencies: ["CCurl"]),

    // What knows nothing of Harrier's tables and routes.
    .target(name: "Core", swiftSettings: settings),
    .target(name: "EventScanner", dependencies: ["Core"], swiftSettings: settings),
    .target(name: "Postgres", dependencies: ["CLibPQ", "CShims"], swiftSettings: strict),
    .target(name: "Redis", dependencies: ["CHiredis", "CShims", nioLocks], swiftSettings: strict),
    .target(name: "Compression", dependencies: ["CZlib", "CZstd"], swiftSettings: strict),
    .target(name: "Telemetry", dependencies: ["Core", logging, nioLocks], swiftSettings: settings),
    .target(
      name: "Outbound", dependencies: ["CCurl", "COutbound", "Core", nioLocks, nioPosix],
      swiftSettings: strict),
    .target(name: "PrivateServers", dependencies: ["CShims"], swiftSettings: settings),

    // Detection.
    .target(name: "Sigma", dependencies: ["Core"], swiftSettings: settings),
    .target(name: "SigmaYAML", dependencies: ["Core", "Sigma", yams], swiftSettings: settings),
    .target(
      name: "Normalization", dependencies: ["Core", "EventScanner"], swiftSettings: settings),
    .target(name: "Correlation", dependencies: ["Core", "Sigma"], swiftSettings: settings),

    // What is asked of events.
    .target(name: "EventSearch", dependencies: ["Core"], swiftSettings: settings),

    // What is stored.
    .target(
      name: "Tenancy", dependencies: ["Core", "Postgres", nioLocks], swiftSettings: settings),
    .target(
      name: "EventStore",
      dependencies: ["Core", "Compression", "EventSearch", "Postgres", "Tenancy", nioLocks],
      swiftSettings: settings),
    .target(name: "RuleStore", dependencies: ["Core", "Postgres"], swiftSettings: settings),
    .target(
      name: "Rulebook",
      dependencies: [
        "Core", "Correlation", "Normalization", "Postgres", "RuleStore", "Sigma", "SigmaYAML",
        crypto, nioLocks,
      ], swiftSettings: settings),
    .target(
      name: "IncidentStore", dependencies: ["Core", "Correlation", "EventScanner", "Postgres"],
      swiftSettings: settings),
    .target(
      name: "IncidentBundle", dependencies: ["Core", "EventScanner", crypto],
      swiftSettings: settings),
    .target(
      name: "Outbox", dependencies: ["Core", "Postgres", nioLocks], swiftSettings: settings),
    .target(
      name: "WebhookStore", dependencies: ["Core", "Outbox", "Postgres", "Tenancy"],
      swiftSettings: settings),
    .target(
      name: "Webhooks",
      dependencies: [
        "Core", "Outbound", "Outbox", "Postgres", "WebhookStore", crypto, nioLocks,
      ], swiftSettings: settings),
    .target(
      name: "Correlator",
      dependencies: ["Core", "Correlation", "IncidentStore", "Postgres", "Sigma"],
      swiftSettings: settings),
    .target(name: "AnalyticsStore", dependencies: ["Core", "Postgres"], swiftSettings: settings),
    .target(
      name: "RateLimits", dependencies: ["Redis", nioLocks], swiftSettings: settings),
    .target(
      name: "ListCache", dependencies: ["Compression", "Core", "Redis", crypto, nioCore, nioLocks],
      swiftSettings: settings),
    .target(
      name: "Access",
      dependencies: [
        "Core", "Postgres", "Tenancy", crypto, cryptoExtras, jwtKit, nioLocks, nioPosix,
      ],
      swiftSettings: settings),

    // What runs.
    .target(
      name: "Ingestion",
      dependencies: [
        "Core", "Compression", "EventScanner", "EventStore", "Normalization", "Rulebook", crypto,
        nioLocks,
      ], swiftSettings: settings),
    .target(
      name: "Backtest",
      dependencies: [
        "Core", "Correlation", "CShims", "EventScanner", "EventStore", "Normalization", "Postgres",
        "Rulebook", "Sigma", "SigmaYAML",
      ], swiftSettings: settings),
    .target(
      name: "Service",
      dependencies: [
        "Access", "AnalyticsStore", "Backtest", "Compression", "Core", "Correlation",
        "EventScanner", "EventSearch", "EventStore", "IncidentBundle", "IncidentStore",
        "Ingestion", "ListCache", "Outbound", "Outbox", "Postgres", "RateLimits", "RuleStore",
        "Rulebook", "Sigma", "Telemetry", "Tenancy", "WebhookStore", "Webhooks", hummingbird,
        hummingbirdCore, logging, nioCore, nioLocks, httpTypes, nioHTTP1, nioHTTPTypes,
      ], swiftSettings: settings),

    .executableTarget(
      name: "harrier",
      dependencies: [
        "Access", "AnalyticsStore", "Backtest", "Core", "Correlation", "Correlator",
        "EventScanner", "EventStore", "IncidentBundle", "IncidentStore", "Ingestion", "ListCache",
        "Normalization", "Outbound", "Outbox", "Postgres", "PrivateServers", "RateLimits",
        "Redis", "RuleStore", "Rulebook", "Service", "Sigma", "SigmaYAML", "Telemetry", "Tenancy",
        "WebhookStore", "Webhooks",
        argumentParser, hummingbird, lifecycle, logging, nioCore, nioHTTP1, nioLocks, nioPosix,
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: settings),

    // What the tests share: private servers, and the built program as a process.
    .target(
      name: "TestServers", dependencies: ["Postgres", "PrivateServers"], path: "Tests/TestServers",
      swiftSettings: settings),
    .target(
      name: "TestReceiver", dependencies: [nioCore, nioHTTP1, nioLocks, nioPosix],
      path: "Tests/TestReceiver", swiftSettings: settings),
    .target(
      name: "ServiceHarness", dependencies: ["CShims", "PrivateServers"],
      path: "Tests/ServiceHarness", swiftSettings: settings),

    // Rules and events made at random, and the program that runs them (`ops/fuzz`).
    .target(
      name: "SigmaFuzzing", dependencies: ["Core", "Sigma"], path: "Tests/SigmaFuzzing",
      swiftSettings: settings),
    .executableTarget(
      name: "sigma-fuzz", dependencies: ["SigmaFuzzing"], path: "Tests/SigmaFuzz",
      swiftSettings: settings),

    unitTests("Core"),
    unitTests("EventScanner"),
    unitTests("Compression"),
    unitTests("Telemetry", ["Core", logging, nioLocks]),
    unitTests("Sigma", ["Core", "SigmaFuzzing"]),
    unitTests("SigmaYAML", ["Core", "Sigma"]),
    unitTests("Normalization", ["Core", "EventScanner"]),
    unitTests("Correlation", ["Core", "Sigma"]),
    unitTests("Postgres", ["PrivateServers", "TestServers"]),
    unitTests("PrivateServers", ["Postgres", "TestServers"]),
    unitTests("Redis", ["TestServers", nioLocks]),
    unitTests("RateLimits", ["Redis", "TestServers", nioLocks]),
    unitTests("ListCache", ["Core", "Redis", "TestServers", nioLocks]),
    unitTests("EventSearch", ["Core"]),
    unitTests(
      "EventStore", ["Core", "Compression", "EventSearch", "Postgres", "Tenancy", "TestServers"]),
    unitTests(
      "Tenancy", ["Core", "Correlation", "IncidentStore", "Postgres", "TestServers"]),
    unitTests("RuleStore", ["Core", "Postgres", "TestServers"]),
    unitTests("IncidentStore", ["Core", "Correlation", "Postgres", "TestServers"]),
    unitTests("IncidentBundle", ["Core", "EventScanner"]),
    unitTests(
      "AnalyticsStore",
      [
        "Core", "Correlation", "IncidentStore", "Postgres", "TestServers", "Tenancy",
      ]),
    unitTests(
      "Correlator",
      ["Core", "Correlation", "IncidentStore", "Postgres", "Sigma", "TestServers"]),
    unitTests("Outbox", ["Core", "Postgres", "TestServers", nioLocks]),
    unitTests("Outbound", ["Core", "TestReceiver"]),
    unitTests("WebhookStore", ["Core", "Outbox", "Postgres", "Tenancy", "TestServers"]),
    unitTests(
      "Webhooks",
      [
        "Core", "Outbound", "Outbox", "Postgres", "Tenancy", "TestReceiver", "TestServers",
        "WebhookStore", crypto, nioLocks,
      ]),
    unitTests(
      "Rulebook",
      [
        "Core", "Correlation", "Normalization", "Postgres", "RuleStore", "Sigma", "SigmaYAML",
        "TestServers", nioLocks,
      ]),
    unitTests("Access", ["Core", "Postgres", "Tenancy", "TestServers", nioLocks, crypto]),
    unitTests(
      "Ingestion", ["Core", "EventStore", "Postgres", "RuleStore", "Rulebook", "TestServers"]),
    unitTests(
      "Backtest",
      [
        "Core", "Correlation", "EventScanner", "EventStore", "Normalization", "Postgres", "Sigma",
        "SigmaYAML", "Tenancy", "TestServers",
      ]),
    unitTests(
      "Service",
      [
        "Access", "AnalyticsStore", "Compression", "Core", "Correlation", "EventScanner",
        "EventSearch", "EventStore", "Ingestion", "ListCache", "Outbox", "Postgres", "RateLimits",
        "Redis", "Sigma", "Telemetry", "Tenancy", "TestServers", hummingbird, httpTypes, logging,
        nioCore,
        nioEmbedded, nioHTTP1, nioHTTPTypes, nioLocks,
      ]),
    .testTarget(
      name: "CorrelationScenarioTests",
      dependencies: [
        "Core", "Correlation", "Normalization", "EventScanner", "Sigma", "SigmaYAML", yams,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ScenarioTests", dependencies: ["Compression", "ServiceHarness"],
      exclude: ["Scenarios"], swiftSettings: settings),
    .testTarget(
      name: "FaultTests", dependencies: ["CShims", "ServiceHarness"], exclude: ["Rules"],
      swiftSettings: settings),
  ]
)
