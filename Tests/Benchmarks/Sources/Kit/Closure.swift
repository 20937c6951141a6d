import ArgumentParser
import Foundation
import NixModel
import TestSupport

/// Makes a signed cache of nested closures: the narinfos of a closure of 100 paths, of 1,000 that holds it,
/// and so on. The same seed makes the same closures, whatever their keys.
struct Closure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a signed cache of nested closures; prints the public key, and each size with its root.")

  @Argument(help: "Where to make it; the directory is made.")
  var directory: String

  @Argument(help: "How many paths each closure has, growing.")
  var sizes: [Int]

  @Flag(help: "Make the archives too: empty files of their size.")
  var nars = false

  func validate() throws {
    guard zip(sizes, sizes.dropFirst()).allSatisfy(<), sizes.allSatisfy({ $0 > 1 }) else {
      throw ValidationError("Sizes must grow, from 2.")
    }
  }

  func run() throws {
    let key = LabKey("bench-1")
    try FileManager.default.createDirectory(atPath: "\(directory)/nar", withIntermediateDirectories: true)
    try "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n"
      .write(toFile: "\(directory)/nix-cache-info", atomically: false, encoding: .utf8)
    print(key.publicKey)
    var shape = ClosureShape()
    var paths: [StorePath] = []
    for size in sizes {
      while paths.count < size {
        let package = try shape.next(room: size - paths.count)
        // In the order in which Nix writes them.
        try write(package, referringTo: package.references.map { paths[$0] }.sorted(), signedBy: key)
        paths.append(package.path)
      }
      if let root = paths.last { print("\(size) \(root)") }
    }
  }

  private func write(
    _ package: ClosureShape.Package, referringTo references: [StorePath], signedBy key: LabKey
  )
    throws
  {
    let fingerprint = Fingerprint(
      path: package.path, narHash: package.narHash, narSize: package.narSize, references: references)
    let archive = "nar/\(package.narHash.nix32.dropFirst(7)).nar.xz"
    let text = """
      StorePath: \(package.path)
      URL: \(archive)
      Compression: xz
      FileHash: \(package.narHash)
      FileSize: \(package.fileSize)
      NarHash: \(package.narHash)
      NarSize: \(package.narSize)
      References: \(references.map(\.baseName).joined(separator: " "))
      Deriver: \(package.path.hashPart)-\(package.path.name).drv
      Sig: \(try key.signature(over: fingerprint))

      """
    try text.write(
      toFile: "\(directory)/\(package.path.hashPart).narinfo", atomically: false, encoding: .utf8)
    if nars {
      FileManager.default.createFile(atPath: "\(directory)/\(archive)", contents: nil)
      guard truncate("\(directory)/\(archive)", Int(package.fileSize)) == 0 else {
        throw ValidationError("\(archive) could not be made.")
      }
    }
  }
}

/// The shape of closures as nixpkgs has them: 5 to 40 references a path, many of them to the same few
/// libraries; depths that grow with the logarithm of the size; sizes over five orders of magnitude.
struct ClosureShape {
  /// One path, in the order in which they are built: it refers to earlier ones only.
  struct Package {
    let path: StorePath
    let narHash: NarHash
    let narSize: UInt64
    let fileSize: UInt64
    /// Positions of what it refers to.
    let references: [Int]
  }

  private static let mostReferences = 40
  private static let names = [
    "glibc", "bash", "gcc-lib", "zlib", "openssl", "ncurses", "coreutils", "libxml2", "sqlite", "curl",
    "python3",
    "perl", "systemd-minimal-libs", "util-linux-minimal-lib", "libguestfs", "guestfs-tools", "qemu",
    "linux-firmware",
    "kernel-modules", "gtk+3", "glib", "cairo", "pango", "libvirt", "supermin", "appliance", "xorg-libX11",
    "mesa",
    "boost", "icu4c", "python3.12-requests", "perl5.40.0-libintl-perl", "ocaml-findlib", "unit-script-start",
  ]

  private var random = SplitMix(seed: 20_261_121)
  private var count = 0
  /// Positions that nobody refers to yet, oldest first.
  private var loose: ArraySlice<Int> = []

  /// The next path, where `room` more (it included) complete the closure: the last refers to all that
  /// nobody else refers to.
  mutating func next(room: Int) throws -> Package {
    // One more that nobody refers to would leave too little room to gather them all.
    let mustGather = room - 1 < (loose.count + Self.mostReferences - 2) / (Self.mostReferences - 1)
    var references: Set<Int> = []
    if mustGather {
      references.formUnion(loose.prefix(Self.mostReferences))
    } else if count > 0 {
      // A path is first needed by one that is an eighth further on: the depth is a logarithm.
      references.formUnion(loose.prefix(2).filter { $0 * 8 <= count * 7 })
      let wanted = min(count, 5 + Int(random.next(upperBound: UInt64(Self.mostReferences - 4))))
      var tries = 0
      while references.count < wanted, tries < 200 {
        // The third power of what is even prefers the old and common ones.
        let chance = Double(random.next() >> 11) / Double(1 << 53)
        references.insert(Int(Double(count) * chance * chance * chance))
        tries += 1
      }
    }
    loose.removeAll { references.contains($0) }
    loose.append(count)
    let package = try package(referringTo: references.sorted())
    count += 1
    return package
  }

  private mutating func package(referringTo references: [Int]) throws -> Package {
    let name = Self.names[Int(random.next(upperBound: UInt64(Self.names.count)))]
    let version = "\(1 + count % 9).\(count / 9 % 30).\(count / 270)"
    let hash = Nix32.encode(bytes(20))
    guard let narHash = NarHash("sha256:\(Nix32.encode(bytes(32)))") else {
      throw ValidationError("A hash could not be made.")
    }
    let magnitude = 10 + random.next(upperBound: UInt64(17))
    let narSize: UInt64 = (1 << magnitude) + 8 * random.next(upperBound: UInt64(128))
    return Package(
      path: try StorePath(baseName: "\(hash)-\(name)-\(version)"), narHash: narHash, narSize: narSize,
      fileSize: narSize / 4 + 60, references: references)
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
