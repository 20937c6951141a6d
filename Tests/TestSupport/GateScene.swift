public import Foundation
public import NixModel

/// A recorded run as a gate sees it: at first a warm one of the target `qemu`, which refers to `glib`, both copied
/// from one cache and signed by one key. A test changes what it is about.
public struct GateScene {
  /// When the gate is asked.
  public static let now = Date(timeIntervalSince1970: 1_777_809_600)
  /// The cache's key.
  public let key = LabKey("lab-1")
  /// The target's output.
  public let qemu: StorePath
  /// What it refers to.
  public let glib: StorePath
  /// Its name.
  public var id = RunID("r-1")
  /// Where it took place.
  public var runner = GateScene.runner("runner-1")
  /// How long ago it began, in seconds.
  public var began = 120
  /// How long ago it ended.
  public var ended = 60
  /// How it ended: a verdict, or else `unfinished`.
  public var verdict: Verdict? = .warm
  /// What it is without a verdict.
  public var unfinished = RecordedRun.State.interrupted
  /// What was recorded.
  public var proof: RecordedProof
  /// What it was about.
  public var subject = GateScene.subject("nixpkgs#qemu")

  /// The warm run.
  public init() throws {
    qemu = try Make.path("qemu-host-cpu-only-10.0.2")
    glib = try Make.path("glib-2.84")
    let cache = "http://cache.example/main"
    proof = RecordedProof(
      outputs: [qemu: .substituted(from: cache)],
      paths: [
        RecordedPath(
          qemu, copiedFrom: cache,
          registration: try Self.registration(of: qemu, references: [glib], signedBy: [key])),
        RecordedPath(glib, copiedFrom: cache, registration: try Self.registration(of: glib, signedBy: [key])),
      ])
  }

  /// A runner that is no other's.
  public static func runner(_ host: String, pod: String? = nil, boot: String? = nil) -> Runner {
    Runner(host: host, pod: pod, processID: 7, processStart: 7, bootID: boot ?? "boot-of-\(host)")
  }

  /// A row of the database.
  public static func registration(
    of path: StorePath, references: [StorePath] = [], isUltimate: Bool = false, signedBy keys: [LabKey] = []
  ) throws -> Registration {
    let narinfo = try Make.narinfo(path, references: references, signedBy: keys)
    return Registration(
      narHash: narinfo.narHash, narSize: narinfo.narSize, isUltimate: isUltimate,
      signatures: narinfo.signatures, contentAddress: nil, references: references)
  }

  /// The run.
  public var run: RecordedRun {
    let finished = Self.now.addingTimeInterval(-Double(ended))
    return RecordedRun(
      id: id, started: Self.now.addingTimeInterval(-Double(began)), runner: runner,
      state: verdict.map { .finished(at: finished, $0) } ?? unfinished, subject: subject, outputs: [qemu])
  }

  /// What a run about the installable `name` is about.
  public static func subject(_ name: String, on system: String? = "x86_64-linux") -> GateSubject {
    GateSubject(name: name, record: "record of \(name)", system: system)
  }

  /// What the rules about a single run find.
  public func findings(under policy: GatePolicy) -> [GateFinding] {
    NixModel.findings(in: run, verdict == nil ? nil : proof, under: policy, at: Self.now)
  }
}
