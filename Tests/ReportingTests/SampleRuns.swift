import NixModel

/// The runs that the renderers' tests share.
enum SampleRuns {
  /// Two targets, one of them with two outputs, all of it out of the cache.
  static func warm() throws -> Run {
    try Make.run(
      [
        Make.target(
          "nixpkgs#libguestfs", derivation: Make.path("d", "libguestfs-1.54.1.drv"),
          outputs: [
            Make.output("out", Make.path("a", "libguestfs-1.54.1"), .substituted(from: Make.cache)),
            Make.output(
              "dev", Make.path("b", "libguestfs-1.54.1-dev"), .substituted(from: Make.upstream),
              narSize: 208, signedBy: ["cache.nixos.org-1", "main-1"]),
          ]),
        Make.target(
          "nixpkgs#qemu_kvm", derivation: Make.path("f", "qemu-host-cpu-only-10.1.drv"),
          outputs: [
            Make.output(
              "out", Make.path("g", "qemu-host-cpu-only-10.1"), .substituted(from: Make.cache), narSize: nil,
              signedBy: [])
          ]),
      ], closure: Make.closure(substituted: 812, downloadBytes: 1_288_490_188), seconds: 64, pod: "pr-17-x")
  }

  /// An archive has vanished, and Nix built the path; another target needs the same path.
  static func cold() throws -> Run {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let derivation = try Make.path("d", "libguestfs-1.54.1.drv")
    let missing = Reason(
      .narMissing(path: path, cache: Make.cache, file: "nar/0abc.nar.xz", line: 214), .cold)
    return try Make.run(
      [
        Make.target(
          "nixpkgs#libguestfs", derivation: derivation, .cold,
          reasons: [missing, Reason(.builtLocally(derivation: derivation, path: path, line: 220), .cold)],
          outputs: [Make.output("out", path, .builtLocally, narSize: 208)]),
        Make.target(
          "nixpkgs#guestfs-tools", derivation: Make.path("f", "guestfs-tools-1.54.0.drv"), .cold,
          reasons: [missing, Reason(.forbiddenBuild(derivation: derivation, line: 220), .cold)],
          outputs: [
            Make.output(
              "out", Make.path("g", "guestfs-tools-1.54.0"), .substituted(from: Make.cache))
          ]),
      ], closure: Make.closure(substituted: 811, builtLocally: 1, downloadBytes: 123))
  }

  /// One target, whose archive the survey missed.
  static func oneMissingArchive() throws -> Run {
    let path = try Make.path("a", "libguestfs-1.54.1")
    return try Make.run(
      [
        Make.target(
          "nixpkgs#libguestfs", derivation: Make.path("d", "libguestfs-1.54.1.drv"), .cold,
          reasons: [
            Reason(.narMissing(path: path, cache: Make.cache, file: "nar/0abc.nar.xz", line: 214), .cold)
          ], outputs: [Make.output("out", path, .builtLocally, narSize: 208)])
      ], closure: Make.closure(substituted: 811, builtLocally: 1, downloadBytes: 123), seconds: 192.7)
  }

  /// The path was there, and the runner could write.
  static func inconclusive() throws -> Run {
    let path = try Make.path("a", "libguestfs-1.54.1")
    return try Make.run(
      [
        Make.target(
          "nixpkgs#libguestfs", derivation: Make.path("d", "libguestfs-1.54.1.drv"), .inconclusive,
          reasons: [
            Reason(.presentBefore(path: path, isValid: true), .inconclusive),
            Reason(.writeTokenPresent(Make.meansOfWriting()), .inconclusive),
          ], outputs: [Make.output("out", path, .presentBefore, signedBy: [])])
      ], closure: Make.closure(presentBefore: 1, notRealized: 811), seconds: 3.9)
  }

  /// So many paths that no cache has.
  static func missing(_ count: Int) throws -> Run {
    let needer = try Make.path("a", "libguestfs-1.54.1")
    let reasons = try (1...count).map { number in
      Reason(
        .referenceMissing(
          path: try Make.path("z", "dependency-\(number)"), neededBy: needer, caches: [Make.cache]), .cold)
    }
    return try Make.run([
      Make.target(
        "nixpkgs#libguestfs", .cold, reasons: reasons, outputs: [Make.output("out", needer, .notRealized)])
    ])
  }
}
