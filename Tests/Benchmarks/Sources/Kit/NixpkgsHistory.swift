import ArgumentParser
import NixModel
import TestSupport

/// The packages of a closure as they are after so many bumps of nixpkgs.
struct NixpkgsHistory {
  /// The targets first.
  static let names =
    ["libguestfs", "guestfs-tools", "qemu", "qemu-host-cpu-only"]
    + ["glibc", "bash", "gcc-lib", "zlib", "openssl", "ncurses", "coreutils", "libxml2", "sqlite", "curl"]
    .flatMap {
      name in ["", "-dev", "-man", "-bin"].map { "\(name)\($0)" }
    }
    + (0..<60).map { "package-\($0)" }

  /// The first that are no targets, which everything else is made with.
  private static let libraries = 4..<16

  private(set) var bump = 0
  private var versions: [Int]
  private let changesAll: Bool

  init(changesAll: Bool) {
    self.changesAll = changesAll
    versions = Array(repeating: 0, count: Self.names.count)
  }

  mutating func advance(to target: Int) {
    while bump < target {
      bump += 1
      var random = SplitMixNumbers(seed: UInt64(bump))
      for index in versions.indices {
        let changes =
          index < Self.libraries.lowerBound || index >= Self.libraries.upperBound && random.next() % 2 == 0
        if changesAll || changes || bump % 3 == 0 { versions[index] = bump }
      }
    }
  }

  /// The path of a package, and the derivation that makes it.
  func path(_ index: Int) throws -> (output: StorePath, derivation: StorePath) {
    let name = "\(Self.names[index])-\(1 + index % 9).\(index % 30).\(versions[index] % 40)"
    let salt = "\(versions[index])"
    return (try Make.path(name, salt: salt), try Make.path("\(name).drv", salt: salt))
  }

  /// What a package refers to, of so many: a target to everything but targets, the others to libraries.
  func references(of index: Int, among count: Int) -> [Int] {
    if index < Self.libraries.lowerBound { return Array(Self.libraries.lowerBound..<count) }
    let known = Self.libraries.lowerBound..<min(index, Self.libraries.upperBound)
    return known.filter { (index + $0) % 2 == 0 }
  }
}

/// Numbers of a seed that are not near those of the next.
struct SplitMixNumbers: RandomNumberGenerator {
  private var numbers: SplitMix

  init(seed: UInt64) {
    numbers = SplitMix(seed: seed)
    numbers = SplitMix(seed: numbers.next())
  }

  mutating func next() -> UInt64 { numbers.next() }
}
