// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that only scripts/bench builds it: what makes the benchmarks' inputs, and the
// yardsticks that must be made with our own libraries.
let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "warmth", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .executableTarget(
      name: "Kit",
      dependencies: [
        .product(name: "BenchmarkTargets", package: "warmth"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
