// swift-tools-version: 6.2
import PackageDescription

// One set of settings for every target; leaf targets that touch C memory add strict memory safety.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]
let leaf = settings + [.strictMemorySafety()]

let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "harrier",
  products: [],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // C libraries and inline functions.
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CShims"),

    // What knows nothing of Harrier's tables and routes.
    .target(name: "Core", swiftSettings: settings),
    .target(name: "EventScanner", swiftSettings: leaf),
    .target(name: "Postgres", dependencies: ["CLibPQ", "CShims"], swiftSettings: leaf),
    .target(name: "Compression", dependencies: ["CZlib", "CZstd"], swiftSettings: leaf),

    // What the stores hold.
    .target(
      name: "EventStore", dependencies: ["Core", "Compression", "Postgres", nioLocks],
      swiftSettings: settings),
    .target(name: "PrivateServers", dependencies: ["CShims"], swiftSettings: settings),
    .target(
      name: "TestServers", dependencies: ["Postgres", "PrivateServers"], path: "Tests/TestServers",
      swiftSettings: settings),
    .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: settings),
    .testTarget(
      name: "EventStoreTests",
      dependencies: ["Core", "Compression", "EventStore", "Postgres", "TestServers"],
      swiftSettings: settings),
  ]
)
