import EndToEndSupport
import Foundation
import NixModel
import TestSupport
import Testing

/// One attempt to have something called warm that no cache can provide, or that nothing shows to have come from one.
struct Attempt: Sendable, CustomTestStringConvertible {
  let name: String
  var attributes = ["guestfs-tools"]
  var verdict = Verdict.inconclusive
  /// What else it may be: a forged record of a copy leaves doubt about an archive that is gone, where it is heard.
  var alternative: Verdict?
  let codes: Set<ReasonCode>
  var options: [String] = []
  /// Which of the caches the policy accepts; all where nothing is said.
  var accepted: Int?
  /// Runs before the proof; `bring CACHE PATH` and the lab's paths are at hand, and `$CACHE`, `$OTHER`, `$GOOD` and
  /// `$UNSIGNED`.
  var before = "true"
  var configuration = ""
  /// The Nix file that is evaluated, where that is not `lab.nix`.
  var expression: (@Sendable (Lab, [StubCache]) async throws -> String)?
  /// What needs a newer Nix.
  var since = Lab.Version(2, 0)
  var caches: @Sendable (Lab) async throws -> [StubCache] = { [try await $0.cache()] }

  var testDescription: String { name }

  @discardableResult
  func run() async throws -> ProvedDocument? {
    let lab = try await Lab.shared
    guard lab.version >= since else { return nil }
    let caches = try await caches(lab)
    var file = "\(Lab.fixtures)/lab.nix"
    if let expression {
      file = lab.scratch("attempt") + ".nix"
      try await expression(lab, caches).write(toFile: file, atomically: true, encoding: .utf8)
    }
    var environment = [
      "CACHE": caches[0].url, "OTHER": caches[caches.count - 1].url, "KEY": lab.publicKey,
      "LAB": Lab.fixtures,
      "GOOD": "file://\(lab.directory)/cache", "UNSIGNED": "file://\(lab.directory)/cache-unsigned",
    ]
    for (variable, attribute) in [
      "LIBC": "libc", "LIBGUESTFS": "libguestfs", "QEMU": "qemu", "TOOLS": "guestfs-tools", "NOTED": "noted",
    ] { environment[variable] = try lab.path(attribute).description }
    let bring = """
      bring() {
        $NIX build --no-link "$2" --option substituters "$1" --option trusted-public-keys "$KEY" 2> /dev/null
      }
      """
    return try await prove(
      attributes, of: file, from: caches,
      options + (accepted.map { ["--expect-from", caches[$0].url] } ?? []), before: "\(bring); \(before)",
      environment: environment, configuration: configuration, gives: verdict, or: alternative, codes)
  }
}

/// What `faults` says of the files of one attribute, and otherwise the good cache.
private func cache(
  _ file: @escaping @Sendable (Lab) throws -> String,
  _ fault: StubCache.Fault = .status(404)
) -> @Sendable (Lab) async throws -> [StubCache] {
  { lab in
    let file = try file(lab)
    return [try await lab.cache { $0.path == file ? fault($0, $1) : $1 }]
  }
}

/// The narinfo of what `noted` refers to, or its archive.
private func note(_ name: String, archive: Bool = false) -> @Sendable (Lab) throws -> String {
  { lab in
    let noted = try lab.path("noted")
    let references = try Narinfo(parsing: lab.narinfo(of: noted), for: noted).references
    guard let path = references.first(where: { $0.name == name }) else {
      throw Lab.Missing(description: "noted refers to no \(name)")
    }
    return archive ? try lab.archive(of: path) : "/\(path.hashPart).narinfo"
  }
}

/// The lab, with what evaluates it as hostile as it gets: every attribute makes `git` write into Nix's log that
/// `attributes` and what they refer to were copied from the first cache.
private func forging(
  _ attributes: [String], by way: HostileGit.Way = .error
) -> @Sendable (Lab, [StubCache]) async throws -> String {
  { lab, caches in
    var paths: [StorePath] = []
    for attribute in attributes {
      for text in (lab.paths[attribute]?.outputs.values.sorted() ?? []) {
        let path = try StorePath(parsing: text)
        paths += try [path] + Narinfo(parsing: lab.narinfo(of: path), for: path).references
      }
    }
    let git = try await HostileGit(printing: HostileGit.copies(of: paths, from: caches[0].url), by: way)
    return git.file(around: "import \(Lab.fixtures)/lab.nix { }")
  }
}

/// A VM test that is made of more than derivations.
private func vmTest(_ source: String) -> @Sendable (Lab, [StubCache]) async throws -> String {
  { lab, _ in
    """
    let
      lab = import \(Lab.fixtures)/lab.nix { };
      prebuilt = builtins.storePath "\(try lab.path("libguestfs"))";
    in {
      vm = derivation {
        name = "vm-test-run-prebuilt";
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-c" "echo $source $qemu > $out" ];
        source = \(source);
        qemu = lab.qemu_kvm;
      };
    }
    """
  }
}

private let buildsVM = ["--allow-build", "vm-test-run-*"]

@Suite struct `A false warm` {
  // What the proof's own cache does is that of `cache(…)`; whatever was there before came from a good one.
  @Test(arguments: [
    Attempt(
      name: "a reference there before, whose archive is gone", verdict: .cold, codes: [.narMissing],
      before: "bring $GOOD $LIBGUESTFS", caches: cache(archive("libguestfs"))),
    Attempt(
      name: "a reference there before, which no cache has", verdict: .cold, codes: [.referenceMissing],
      before: "bring $GOOD $LIBGUESTFS", caches: cache(narinfo("libguestfs"))),
    Attempt(
      name: "a reference there before, which nobody trusted signed", verdict: .cold,
      codes: [.signatureUntrusted], before: "bring $GOOD $LIBGUESTFS",
      caches: cache(narinfo("libguestfs"), .without("Sig"))),
    Attempt(
      name: "a reference there before, of whose archive nobody knows",
      codes: [.substituterError], before: "bring $GOOD $LIBGUESTFS",
      caches: cache(archive("libguestfs"), .status(500))),
    Attempt(
      name: "a reference there before, which only a cache has that does not count", verdict: .cold,
      codes: [.referenceMissing], accepted: 0, before: "bring $GOOD $LIBGUESTFS",
      caches: { lab in try await cache(narinfo("libguestfs"))(lab) + [lab.cache()] }),
    Attempt(
      name: "a reference copied without its signatures, whose archive is gone", verdict: .cold,
      codes: [.narMissing], before: "$NIX copy --no-check-sigs --from $UNSIGNED $LIBGUESTFS 2> /dev/null",
      caches: cache(archive("libguestfs"))),
    Attempt(
      name: "a reference copied without its signatures, with other bytes", attributes: ["qemu"],
      codes: [.witnessesDisagree], accepted: 0,
      before: "$NIX copy --no-check-sigs --from $OTHER $LIBC 2> /dev/null",
      caches: { lab in
        let libc = try lab.path("libc")
        let text = try lab.narinfo(of: libc, withContentOf: lab.path("heavy"))
        return [
          try await lab.cache(),
          try await lab.cache { $0.path == "/\(libc.hashPart).narinfo" ? .text(text) : $1 },
        ]
      }),
    Attempt(
      name: "a reference that was built here", attributes: ["qemu"], codes: [.presentBefore],
      before: "$NIX build --no-link -f $LAB/lab.nix libc 2> /dev/null"),
    Attempt(
      name: "a reference there before, where the store must be fresh", codes: [.presentBefore],
      options: ["--fresh"], before: "bring $GOOD $LIBC"),
    Attempt(
      name: "what is left of a reference, where the store must be fresh", codes: [.presentBefore],
      options: ["--fresh"], before: "mkdir -p $LIBC"),
    Attempt(
      name: "everything there before, and Nix let go on", codes: [.presentBefore],
      options: ["--builds", "observe"], before: "bring $GOOD $TOOLS"),
  ])
  func `is refused of what was there before`(attempt: Attempt) async throws { try await attempt.run() }

  @Test(arguments: [
    Attempt(
      name: "a target there before, copied by a forged log", attributes: ["qemu"], codes: [.presentBefore],
      before: "bring $GOOD $QEMU", expression: forging(["qemu"])),
    Attempt(
      name: "a target there before, copied by a forged log, and Nix let go on", attributes: ["qemu"],
      codes: [.presentBefore], options: ["--builds", "observe"], before: "bring $GOOD $QEMU",
      expression: forging(["qemu"], by: .sideBand)),
    Attempt(
      name: "a target there before, copied by a forged log, of paths alone", attributes: ["qemu"],
      codes: [.presentBefore], options: ["--builds", "forbid"], before: "bring $GOOD $QEMU",
      expression: forging(["qemu"])),
    Attempt(
      name: "a target that was built here, copied by a forged log", attributes: ["qemu"],
      codes: [.presentBefore], before: "$NIX build --no-link -f $LAB/lab.nix qemu 2> /dev/null",
      expression: forging(["qemu"])),
    Attempt(
      name: "a reference there before, copied by a forged log, whose archive is gone", verdict: .cold,
      alternative: .inconclusive, codes: [.narMissing], before: "bring $GOOD $LIBGUESTFS",
      expression: forging(["libguestfs"]),
      caches: cache(archive("libguestfs"))),
    Attempt(
      name: "a file of evaluation, copied by a forged log, whose archive is gone", attributes: ["noted"],
      verdict: .cold, alternative: .inconclusive, codes: [.narMissing], expression: forging(["noted"]),
      caches: cache(note("data", archive: true))),
  ])
  func `is refused of what evaluated code says to have copied`(attempt: Attempt) async throws {
    try await attempt.run()
  }

  @Test func `is refused of what a pure flake says to have copied`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let paths = try [lab.path("qemu"), lab.path("libc")]
    let git = try await HostileGit(printing: HostileGit.copies(of: paths, from: cache.url))
    let flake = lab.scratch("flake")
    try FileManager.default.createDirectory(atPath: flake, withIntermediateDirectories: true)
    try String(contentsOfFile: "\(Lab.fixtures)/lab.nix", encoding: .utf8)
      .replacing("builtins.currentSystem", with: "system")
      .replacing("{ salt ? \"\" }:", with: "{ salt ? \"\", system }:")
      .write(toFile: "\(flake)/lab.nix", atomically: true, encoding: .utf8)
    try git.flake(around: "system: { inherit (import ./lab.nix { inherit system; }) qemu; }")
      .write(toFile: "\(flake)/flake.nix", atomically: true, encoding: .utf8)
    let result = try await Trial(
      arguments: [
        "prove", "path:\(flake)#qemu", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
      ],
      before: """
        $NIX build --no-link \(paths[0]) --option substituters \(cache.url) \
          --option trusted-public-keys \(lab.publicKey) 2> /dev/null
        """
    ).run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors)")
    #expect(document.verdict == "inconclusive")
    #expect(document.targets.flatMap(\.reasons).map(\.code) == ["present-before"])
    #expect(git.hasPrinted || lab.version < Lab.Version(2, 20))
  }

  @Test(arguments: [
    Attempt(
      name: "a file that no cache has", attributes: ["noted"], verdict: .cold, codes: [.referenceMissing],
      caches: cache(note("data"))),
    Attempt(
      name: "a file whose archive is gone", attributes: ["noted"], verdict: .cold, codes: [.narMissing],
      caches: cache(note("data", archive: true))),
    Attempt(
      name: "a text that no cache has", attributes: ["noted"], verdict: .cold, codes: [.referenceMissing],
      caches: cache(note("text"))),
    Attempt(
      name: "a download that is the target itself", attributes: ["fetched"], codes: [.witnessesDisagree],
      expression: { lab, _ in
        let source = lab.scratch("source")
        try "source\n".write(toFile: source, atomically: true, encoding: .utf8)
        return """
          let lab = import \(Lab.fixtures)/lab.nix { }; in {
            fetched = builtins.seq (builtins.path { name = "source-1.0"; path = \(source); }) lab.fetched;
          }
          """
      }),
    Attempt(
      name: "a closure of a cache that does not count, whose archive is gone in the one that does",
      attributes: ["qemu"], verdict: .cold, codes: [.narMissing], accepted: 0,
      configuration: "extra-experimental-features = fetch-closure",
      expression: { lab, caches in
        """
        let
          lab = import \(Lab.fixtures)/lab.nix { };
          libc = builtins.fetchClosure {
            fromStore = "\(caches[1].url)";
            fromPath = \(try lab.path("libc"));
            inputAddressed = true;
          };
        in { qemu = builtins.seq "${libc}" lab.qemu; }
        """
      }, since: Lab.Version(2, 18),
      caches: { lab in try await cache(archive("libc"))(lab) + [lab.cache()] }),
  ])
  func `is refused of what evaluation adds`(attempt: Attempt) async throws { try await attempt.run() }

  @Test(arguments: [
    Attempt(
      name: "a prebuilt path that no cache has", attributes: ["vm"], verdict: .cold,
      codes: [.presentBefore, .notInSubstituter], options: buildsVM,
      before: "$NIX copy --no-check-sigs --from $UNSIGNED $LIBGUESTFS 2> /dev/null",
      expression: vmTest("prebuilt"), caches: cache(narinfo("libguestfs"))),
    Attempt(
      name: "a prebuilt path that a cache has and that was there", attributes: ["vm"],
      codes: [.presentBefore], options: buildsVM, before: "bring $GOOD $LIBGUESTFS",
      expression: vmTest("prebuilt")),
    Attempt(
      name: "a text that names a prebuilt path which no cache has", attributes: ["vm"], verdict: .cold,
      codes: [.presentBefore, .notInSubstituter], options: buildsVM,
      before: "$NIX copy --no-check-sigs --from $UNSIGNED $LIBGUESTFS 2> /dev/null",
      expression: vmTest(#"builtins.toFile "tools" "${prebuilt}""#), caches: cache(narinfo("libguestfs"))),
  ])
  func `is refused of what an allowed build is made of`(attempt: Attempt) async throws {
    try await attempt.run()
  }
}

@Suite struct `A true warm` {
  private static let clean = Attempt(
    name: "a fresh store", verdict: .warm, codes: [], options: ["--fresh"])

  @Test func `is seen in a fresh store`() async throws {
    let document = try #require(try await Self.clean.run())
    #expect(document.targets[0].found.isEmpty)
  }

  @Test func `names the references that were there before`() async throws {
    let attempt = Attempt(
      name: "references there before", verdict: .warm, codes: [],
      before: "$NIX copy --no-check-sigs --from $UNSIGNED $LIBGUESTFS 2> /dev/null")
    let document = try #require(try await attempt.run())
    let lab = try await Lab.shared
    let there = try [lab.path("libguestfs"), lab.path("libguestfs-appliance"), lab.path("libc")].sorted()
    #expect(document.closure.presentBefore == 3)
    #expect(document.closure.substituted == 1)
    #expect(document.targets[0].found.map(\.path) == there.map(\.description))
    #expect(document.targets[0].found.allSatisfy { $0.kind == "present-before" })
  }

  @Test func `replaces what is left of a reference`() async throws {
    let attempt = Attempt(
      name: "what is left of a reference", attributes: ["qemu"], verdict: .warm, codes: [],
      before: "mkdir -p $LIBC")
    #expect(try await attempt.run()?.closure.substituted == 2)
  }

  @Test func `names what evaluation added, in a fresh store as well`() async throws {
    let attempt = Attempt(
      name: "files of evaluation", attributes: ["noted"], verdict: .warm, codes: [], options: ["--fresh"])
    let document = try #require(try await attempt.run())
    #expect(document.closure.presentBefore == 0)
    #expect(document.closure.addedByEvaluation == 2)
    #expect(document.targets[0].found.map(\.kind) == ["added-by-evaluation", "added-by-evaluation"])
  }

  @Test func `names what an allowed build is made of`() async throws {
    let attempt = Attempt(
      name: "a prebuilt path that evaluation copies", attributes: ["vm"], verdict: .warm, codes: [],
      options: buildsVM + ["--fresh"], expression: vmTest(#"[ prebuilt (builtins.toFile "text" "") ]"#))
    let document = try #require(try await attempt.run())
    #expect(document.targets[0].found.map(\.kind) == ["input-source"])
    #expect(document.targets[0].found.allSatisfy { $0.path.hasSuffix("-text") })
  }

  @Test func `is not lost to a server that writes into the log`() async throws {
    let attempt = Attempt(
      name: "a forged log of what is copied anyway", attributes: ["qemu"], verdict: .warm, codes: [],
      expression: forging(["qemu"]))
    try await attempt.run()
  }
}
