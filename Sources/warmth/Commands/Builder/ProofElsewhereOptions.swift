import ArgumentParser
import Building
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage

/// What readers get of what a builder uploaded: a receipt, and a proof by this machine in a store of the proof's own.
struct ProofElsewhereOptions: ParsableArguments {
  @Flag(
    name: .customLong("prove"),
    help:
      "Prove the outputs warm afterwards, in a throwaway store here. The builder's own word proves nothing.")
  var isWanted = false

  @Option(
    help: ArgumentHelp(
      "Where readers read the storage: https://cache.example. It is asked for the receipt.", valueName: "url")
  )
  var readSide: String?

  @Option(
    name: .customLong("read-key"),
    help: ArgumentHelp("The public key that readers trust. Repeatable.", valueName: "key"))
  var readKeys: [String] = []

  @Option(help: ArgumentHelp("The nix to prove with.", valueName: "path"))
  var nix = "nix"

  func check(for order: BuildOrder) throws(Failure) {
    guard isWanted || readSide != nil || !readKeys.isEmpty else { return }
    guard let readSide, !readKeys.isEmpty else {
      throw Failure(
        .usage,
        "a receipt, and a proof, need to know where readers read \(order.destination) and which key they trust: --read-side URL --read-key KEY"
      )
    }
    do { _ = try SubstituterURL(parsing: readSide) } catch { throw Failure(.usage, "--read-side: \(error)") }
    for key in readKeys {
      do { _ = try PublicKey(parsing: key) } catch { throw Failure(.usage, "--read-key: \(error)") }
    }
  }

  /// Asks the read side for the receipt, proves where that is wanted, and writes both down beside the build.
  func look(at record: BuildRecord, in store: EvidenceStore, _ evidence: EvidenceOptions) async throws
    -> BuildRecord
  {
    guard let readSide else { return record }
    guard let outputs = record.end?.outputs, !outputs.isEmpty else {
      Console.say("warmth: readers cannot be asked for anything, because the machine named no output")
      return record
    }
    let place =
      ["--substituter", readSide] + readKeys.flatMap { ["--trusted-public-key", $0] }
      + outputs.map(\.description)
    // It needs no Nix.
    let forecast: Forecast = try await ask(
      "the receipt", ["forecast", "--json", "--recursive", "--nars"] + place)
    guard forecast.unreachable.isEmpty else {
      throw Failure(
        .inconclusive,
        "the read side could not be asked for the receipt; `warmth builder wait \(record.start.id)` with the same options asks again"
      )
    }
    // Without credentials, as everything that is recorded.
    let cache = (try? SubstituterURL(parsing: readSide))?.canonical ?? ""
    let receipt = BuildReceipt(cache: cache, paths: forecast.paths, served: forecast.available)
    let asked = try add(.served(receipt), to: record, in: store)
    guard isWanted else { return asked }
    let proof: Proof = try await ask(
      "the proof",
      ["prove", "--isolated", "--json", "--nix", nix, "--evidence", evidence.path, "--expect-from", readSide]
        + place)
    return try add(.proved(run: RunID(proof.run.id), proof.verdict), to: asked, in: store)
  }

  private func add(
    _ fact: BuildEvent.Fact, to record: BuildRecord, in store: EvidenceStore
  ) throws -> BuildRecord {
    do { return try store.add(BuildEvent(at: .now, fact), to: record.start.id) } catch {
      throw Failure(.evidence, "\(error)")
    }
  }

  /// The answer of another command of this program.
  private func ask<Answer: Decodable>(_ what: String, _ arguments: [String]) async throws -> Answer {
    let answer = try await Subprocess.run(
      .path("/proc/self/exe"), arguments: Arguments(arguments), input: .none,
      output: .string(limit: 64 << 20),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    guard let read = try? JSONDecoder().decode(Answer.self, from: Data(answer.standardOutput.utf8)) else {
      throw Failure(
        .inconclusive,
        "\(what) ended with \(answer.terminationStatus) and came to no answer; see the lines before")
    }
    return read
  }

  private struct Forecast: Decodable {
    let paths: Int
    let available: Int
    let unreachable: [String]
  }

  private struct Proof: Decodable {
    struct Run: Decodable { let id: String }
    let run: Run
    let verdict: Verdict
  }
}
