import Foundation
import NixModel
import Testing

@testable import Reporting

/// Where a remedy says that something is to be published.
@Suite struct `A remedy's place` {
  private static let read = "https://cache.example.org/main"

  private func destination(
    _ kind: PublicationDestination.Kind, _ cache: String?, _ server: String?, read: String = read
  ) throws -> PublicationDestination {
    PublicationDestination(
      kind: kind, cache: cache, server: try server.map { try SubstituterURL(parsing: $0) },
      readSide: try SubstituterURL(parsing: read))
  }

  private func facts(_ cache: String) throws -> [Reason.Fact] {
    let (path, needer) = (try Make.path("a", "libguestfs-1.54.1"), try Make.path("b", "guestfs-tools-1"))
    return [
      .notInSubstituter(path: path, caches: [cache]),
      .referenceMissing(path: path, neededBy: needer, caches: [cache]),
      .narMissing(path: path, cache: cache, file: "nar/x", line: nil),
      .narCorrupt(path: path, cache: cache, message: "hash mismatch", line: 1),
      .narinfoInvalid(path: path, cache: cache, flaw: "x"),
    ]
  }

  private func expect(
    _ command: String, of cache: String = read, for targets: [Installable] = [],
    in places: PublishingPlaces = PublishingPlaces(), sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for fact in try facts(cache) {
      let remedy = Reason(fact, .cold).remedy(for: targets, in: places)
      #expect(remedy.contains("`\(command)`"), "\(remedy)", sourceLocation: sourceLocation)
      // The read side of a server is never a place to write to.
      #expect(!remedy.contains("--to https://cache"), "\(remedy)", sourceLocation: sourceLocation)
      #expect(!remedy.contains("CACHE "), "\(remedy)", sourceLocation: sourceLocation)
    }
  }

  @Test func `is where a publication went that is read there`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let attic = try destination(.attic, "main", "https://attic.example.org")
    try expect("attic push main \(path)", in: PublishingPlaces([attic]))
    let bucket = try destination(.nixCopy, nil, "s3://bucket")
    try expect("nix copy --to 's3://bucket' \(path)", in: PublishingPlaces([bucket]))
    // The latest of several, and only what is read at this very cache; written otherwise, it is the same.
    try expect("attic push main \(path)", in: PublishingPlaces([attic, bucket]))
    try expect("attic push main \(path)", of: Self.read + "/", in: PublishingPlaces([attic]))
    let elsewhere = try destination(.attic, "main", nil, read: "https://cache.example.org/other")
    try expect(
      "scripts/cache-warm.sh --installable INSTALLABLE --cache NAME", in: PublishingPlaces([elsewhere]))
  }

  @Test(arguments: ["file:///srv/cache", "s3://bucket", "ssh://store.example", "ssh-ng://store.example"])
  func `is the cache itself where Nix can write to it`(cache: String) throws {
    try expect("nix copy --to '\(cache)' \(try Make.path("a", "libguestfs-1.54.1"))", of: cache)
  }

  @Test func `is the publisher's where none is known, with the targets that it should publish`() throws {
    try expect(
      "scripts/cache-warm.sh --installable 'nixpkgs#libguestfs' --cache NAME",
      for: [try Installable(parsing: "nixpkgs#libguestfs"), try Installable(parsing: "nixpkgs#qemu")])
    try expect(
      "scripts/cache-warm.sh --file './default.nix' --installable 'libguestfs^out' --cache NAME",
      for: [try Installable(parsing: "libguestfs^out", of: .file("default.nix"))])
  }

  @Test func `is told with the cause that it is for`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let target = try Installable(parsing: "nixpkgs#libguestfs")
    let cause = Cause(
      reason: Reason(.notInSubstituter(path: path, caches: [Self.read]), .cold), evidence: [],
      consequences: [],
      targets: [target])
    func explained(_ places: PublishingPlaces) throws -> ExplainedRun {
      ExplainedRun(run: try Make.run([]), explanation: Explanation(causes: [cause]), places: places)
    }
    let attic = try explained(PublishingPlaces([destination(.attic, "main", nil)]))
    let unknown = try explained(PublishingPlaces())
    for (run, words) in [
      (attic, "attic push main \(path)"), (unknown, "--installable 'nixpkgs#libguestfs' --cache NAME"),
    ] {
      #expect(ExplanationText(run).render().contains(words))
      #expect(try ExplanationDocument(run).json().contains(words))
    }
  }

  @Test(arguments: [
    (TargetStanding.warmInBoth, "warm here, too", false), (.becameWarm(.cold), "it is warm here", false),
    (.neverWarm(.cold), "was cold in run r-1: its inputs did not change", false),
    (.unreached, "ended before it came to it", false),
    (.lost(from: ["https://cache.example.org/main"]), "so the cache has lost it", true),
    (.brokeOtherwise, "no cache is known to have lost it", false),
  ])
  func `is no accusation of a cache that lost nothing`(standing: TargetStanding, words: String, accuses: Bool)
    throws
  {
    let drv = try Make.path("d", "libguestfs-1.54.1.drv")
    let comparison = ExplainedRun.Comparison(
      installable: try Installable(parsing: "nixpkgs#libguestfs"), run: RunID("r-1"),
      drift: drift(from: drv, in: DerivationGraph(), to: drv, in: DerivationGraph()), standing: standing)
    #expect(comparison.sentence.contains(words), "\(comparison.sentence)")
    #expect(comparison.sentence.contains("the cache has lost it") == accuses)
  }
}
