// swift-tools-version: 6.2
import PackageDescription

// Rooms are declared bottom to top: a room may import only rooms declared above it in this list
// (docs/architecture.md says what each may know, and scripts/test builds with
// --explicit-target-dependency-import-check error, which refuses an import not declared here).
let package = Package(
  name: "warmth",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "warmth", targets: ["warmth"]),
    // For Tests/Fuzz, which is a package of its own so that nothing but scripts/fuzz builds it.
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    // For Tests/Benchmarks, likewise built by scripts/bench alone.
    .library(name: "BenchmarkTargets", targets: ["NixModel", "EvidenceStore", "TestSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    // The pure core.
    .target(name: "NixModel", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "NixLog", dependencies: ["NixModel"]),

    // The adapters, beside each other.
    .target(name: "LinuxProcess"),
    .target(name: "Machine", dependencies: ["NixModel", "LinuxProcess"]),
    .target(
      name: "NixCommand",
      dependencies: [
        "NixModel", "NixLog",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // The system's libraries that unpack what an object store was given packed.
    .systemLibrary(name: "Decompressors"),
    .target(
      name: "Substituters",
      dependencies: [
        "NixModel", "Decompressors",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "Credentials",
      dependencies: ["NixModel", .product(name: "TOMLKit", package: "TOMLKit")]),
    // evidence/schema.sql, so that the executable needs no file beside it.
    .target(name: "EvidenceSchema"),
    .target(
      name: "PolicyYAML", dependencies: ["NixModel", .product(name: "Yams", package: "Yams")]),
    // What a record says: its lines, and what is searched of them.
    .target(
      name: "Evidence",
      dependencies: ["NixModel", "Decompressors", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "EvidenceStore",
      dependencies: [
        "NixModel", "Decompressors", "Evidence", "EvidenceSchema",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),

    // The only room that can write to a cache.
    .target(
      name: "Publishing",
      dependencies: [
        "NixModel", "Machine", "NixCommand",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // scripts/cache-warm.sh, so that the executable needs no file beside it.
    .target(name: "PublisherScript"),
    .target(
      name: "Jobs",
      dependencies: [
        "NixModel", "PublisherScript",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ]),

    // The files that go to an ephemeral builder, so that the executable needs no file beside it.
    .target(name: "BuilderResources", exclude: ["machine"]),
    // The ephemeral builder: its plan, which is pure, and the order of steps around a provider.
    .target(
      name: "Building",
      dependencies: [
        "NixModel", "BuilderResources", "Decompressors", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // Providers of machines, and the journals of their machines.
    .target(
      name: "Clouds",
      dependencies: [
        "NixModel", "Building",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),

    // The use cases, and the faces of their results.
    .target(name: "Proof", dependencies: ["NixModel"]),
    .target(name: "Reporting", dependencies: ["NixModel"]),
    // Records as documents of HTML, with pictures.
    .target(name: "Pages", dependencies: ["NixModel", "Reporting"]),
    // Records as figures for a scraper.
    .target(name: "Metrics", dependencies: ["NixModel"]),
    // The program's description as pages of the manual.
    .target(name: "Manual"),
    // Records as signed statements for an auditor's verifier.
    .target(
      name: "Statements",
      dependencies: ["NixModel", "Reporting", .product(name: "Crypto", package: "swift-crypto")]),

    // The executable: commands, options, and the wiring of the rooms.
    .executableTarget(
      name: "warmth",
      dependencies: [
        "NixModel", "NixLog", "Machine", "NixCommand", "Substituters", "Credentials", "PolicyYAML",
        "Decompressors",
        "Evidence", "EvidenceStore", "Publishing", "Jobs", "Building", "Clouds", "Proof", "Reporting",
        "Pages",
        "Metrics", "Statements", "Manual",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests mirror the rooms; TestSupport is their kit.
    .target(
      name: "TestSupport",
      dependencies: [
        "Building", "NixModel", "Proof",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Tests/TestSupport"),
    .target(
      name: "FuzzTargets", dependencies: ["NixModel", "NixLog", "Credentials"], path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], resources: [.copy("Corpus")]),
    .testTarget(name: "NixModelTests", dependencies: ["NixModel", "TestSupport"]),
    .testTarget(
      name: "NixLogTests", dependencies: ["NixLog", "NixModel", "TestSupport"], resources: [.copy("Fixtures")]
    ),
    .testTarget(
      name: "NixCommandTests",
      dependencies: [
        "NixCommand", "NixModel", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SubstitutersTests",
      dependencies: [
        "Substituters", "Decompressors", "NixModel", "TestSupport",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    .testTarget(name: "CredentialsTests", dependencies: ["Credentials", "NixModel"]),
    .testTarget(
      name: "EvidenceStoreTests",
      dependencies: [
        "Evidence", "EvidenceStore", "NixModel", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(name: "MachineTests", dependencies: ["Machine"]),
    .testTarget(
      name: "PublishingTests", dependencies: ["Publishing", "Machine", "NixModel", "TestSupport"]),
    .testTarget(
      name: "JobsTests",
      dependencies: [
        "Jobs", "NixModel", "TestSupport",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "BuildingTests", dependencies: ["Building", "Decompressors", "NixModel", "TestSupport"]),
    .testTarget(name: "CloudsTests", dependencies: ["Building", "Clouds", "NixModel", "TestSupport"]),
    .testTarget(
      name: "ProofTests", dependencies: ["Proof", "NixModel", "Substituters", "TestSupport"]),
    .testTarget(
      name: "ReportingTests", dependencies: ["Reporting", "NixModel", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "FacesTests",
      dependencies: [
        "Pages", "Metrics", "Statements", "Manual", "NixModel", "Reporting", "TestSupport",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // What drives the built program and real Nix: a lab of binary caches, and the private /nix of each test.
    .target(
      name: "EndToEndSupport",
      dependencies: [
        // Built before whoever runs it.
        "warmth", "EvidenceStore", "NixModel", "Reporting", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/EndToEndSupport", exclude: ["Fixtures"]),
    // Machines that boot for real, which takes a minute each: scripts/test runs these where it is told to.
    .testTarget(
      name: "BuilderBootTests",
      dependencies: [
        "EndToEndSupport", "NixModel", "TestSupport",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // What every version of Nix does alike runs once, and the rest with each of them.
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "EndToEndSupport", "EvidenceStore", "Manual", "NixModel", "Publishing", "Reporting", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "NixVersionTests",
      dependencies: [
        "EndToEndSupport", "Evidence", "EvidenceStore", "NixModel", "TestSupport",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// One place raises the language for every room: imports say what they expose, existentials say `any`.
let inC: Set = ["LinuxProcess", "Decompressors", "PublisherScript", "EvidenceSchema", "BuilderResources"]
for target in package.targets where !inC.contains(target.name) {
  var settings = target.swiftSettings ?? []
  settings += [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
  target.swiftSettings = settings
}
