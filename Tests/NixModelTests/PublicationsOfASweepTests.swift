import Foundation
import NixModel
import Testing

/// Whether a list is in a cache, by the publications of its parts.
@Suite struct `Publications of a sweep` {
  private static let list = ["nixpkgs#a", "nixpkgs#b", "nixpkgs#c"]

  /// A publication of a shard.
  private func publication(
    _ index: Int, of shards: Int = 2, code: UInt8 = 0, at seconds: Double = 0, targets: [String]? = nil,
    sweep: String = "nightly"
  ) throws -> Publication {
    let list = TargetList(try Self.list.map { try Installable(parsing: $0) })
    let shard = try #require(Shard(index, of: shards, of: list, in: try SweepName(parsing: sweep)))
    let names = targets ?? list.part(index, of: shards).map { "\($0)" }
    return Publication(
      head: PublicationHead(
        id: RunID(at: Date(timeIntervalSince1970: seconds)), started: Date(timeIntervalSince1970: seconds),
        finished: nil, state: code == 0 ? .published : .failed, exitCode: code, program: "warmth",
        publisher: Publisher(
          runner: Runner(host: "h", pod: nil, processID: 1, processStart: 1, bootID: "b"), nix: "2",
          system: "s"),
        occasion: nil, destination: nil, shard: shard),
      targets: names.map {
        PublishedTarget(
          installable: $0, outcome: .built, derivation: nil, outputs: [], milliseconds: nil, failure: nil)
      }, paths: [], faults: [], cgroup: nil)
  }

  private func answer(_ publications: [Publication]) throws -> Answer? {
    PublicationSweep(publications, of: try SweepName(parsing: "nightly"))?.answer
  }

  @Test func `are one publication where all are there, and the latest of each counts`() throws {
    #expect(try answer([publication(0), publication(1)]) == .yes)
    #expect(try answer([publication(0)]) == .unknown)
    #expect(try answer([publication(0), publication(1, code: 1)]) == .no)
    #expect(try answer([publication(0), publication(1, code: 2)]) == .unknown)
    #expect(try answer([publication(1, code: 1), publication(0), publication(1, at: 9)]) == .yes)
    #expect(try answer([publication(1), publication(0), publication(1, code: 1, at: 9)]) == .no)
  }

  @Test func `are none where they do not belong together`() throws {
    #expect(try answer([]) == nil)
    #expect(try answer([publication(0, sweep: "other")]) == nil)
    #expect(try answer([publication(0), publication(1, of: 3)]) == .unknown)
    let strange = try [publication(0), publication(1, targets: ["nixpkgs#x"])]
    #expect(try answer(strange) == .unknown)
    #expect(PublicationSweep(strange, of: try SweepName(parsing: "nightly"))?.isOfAnotherList == true)
  }
}
