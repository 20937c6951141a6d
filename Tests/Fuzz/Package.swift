// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that only scripts/fuzz builds it: all of it, and what it depends on, is compiled
// with libFuzzer's instruments, and libFuzzer brings `main`.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "warmth", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "FuzzTargets", package: "warmth")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ],
  swiftLanguageModes: [.v6]
)
