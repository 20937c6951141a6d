import ArgumentParser
import Building
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage

/// A proof of what a builder uploaded, by this machine in a store of the proof's own.
struct ProofElsewhereOptions: ParsableArguments {
  @Flag(
    name: .customLong("prove"),
    help:
      "Prove the outputs warm afterwards, in a throwaway store here. The builder's own word proves nothing.")
  var isWanted = false

  @Option(
    help: ArgumentHelp(
      "Where readers read the storage, for --prove: https://cache.example.", valueName: "url"))
  var readSide: String?

  @Option(
    name: .customLong("read-key"),
    help: ArgumentHelp("The public key that readers trust, for --prove. Repeatable.", valueName: "key"))
  var readKeys: [String] = []

  @Option(help: ArgumentHelp("The nix to prove with.", valueName: "path"))
  var nix = "nix"

  func check(for order: BuildOrder) throws(Failure) {
    guard isWanted else { return }
    guard let readSide, !readKeys.isEmpty else {
      throw Failure(
        .usage,
        "--prove has to know where readers read \(order.destination) and which key they trust: --read-side URL --read-key KEY"
      )
    }
    do { _ = try SubstituterURL(parsing: readSide) } catch { throw Failure(.usage, "--read-side: \(error)") }
    for key in readKeys {
      do { _ = try PublicKey(parsing: key) } catch { throw Failure(.usage, "--read-key: \(error)") }
    }
  }

  /// Proves, and writes it down beside the build.
  func prove(_ record: BuildRecord, in store: EvidenceStore, _ evidence: EvidenceOptions) async throws
    -> BuildRecord
  {
    guard let outputs = record.end?.outputs, !outputs.isEmpty else {
      Console.say("warmth: there is nothing to prove, because the machine named no output")
      return record
    }
    var arguments = ["prove", "--isolated", "--json", "--nix", nix, "--evidence", evidence.path]
    if let readSide { arguments += ["--substituter", readSide, "--expect-from", readSide] }
    arguments += readKeys.flatMap { ["--trusted-public-key", $0] } + outputs.map(\.description)
    let answer = try await Subprocess.run(
      .path("/proc/self/exe"), arguments: Arguments(arguments), input: .none,
      output: .string(limit: 64 << 20),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    guard let proof = try? JSONDecoder().decode(Document.self, from: Data(answer.standardOutput.utf8)) else {
      throw Failure(
        .inconclusive,
        "the proof ended with \(answer.terminationStatus) and came to no verdict; see the lines before")
    }
    do {
      return try store.add(
        BuildEvent(at: .now, .proved(run: RunID(proof.run.id), proof.verdict)), to: record.start.id)
    } catch { throw Failure(.evidence, "\(error)") }
  }

  private struct Document: Decodable {
    struct Run: Decodable { let id: String }
    let run: Run
    let verdict: Verdict
  }
}
