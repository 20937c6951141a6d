import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Proof
import Reporting

struct Gate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Ask the evidence whether targets are warm: exit 0 yes, 1 no, 2 unknown.",
    discussion: """
      The latest run about each target decides; one that was cut off decides nothing. With --policy it must also \
      keep to that policy, by what was recorded, whatever policy it was made under. A warmth.yaml in the working \
      directory is no policy unless it is named: in CI that file may come from whoever asks to be let in.
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var demands: GateOptions

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  /// Where signatures are asked for, nothing is believed but what they are under.
  private func archive(of store: EvidenceStore, for policy: GatePolicy) -> GateArchive {
    guard !policy.collectors.isEmpty else {
      return GateArchive(
        runs: { try store.recordedRuns(about: $0, limit: $1) },
        proof: { try store.recordedProof(by: $0, of: $1, for: policy) })
    }
    return GateArchive(
      runs: { target, limit in
        let named = try store.recordedRuns(about: target, limit: limit).map(\.id)
        return try store.distilled(named).recordedRuns(about: target, limit: limit, expecting: named)
      },
      proof: { run, target in
        try store.distilled([run]).recordedProof(by: run, of: target, for: policy)
      })
  }

  func run() throws {
    let asked = try demands.parsed()
    if let remark = demands.remark { Console.say("warmth: there is \(remark)") }
    let store = try evidence.openForReading()
    let answer = try reading {
      try gate(asked.targets, under: asked.policy, at: .now, from: archive(of: store, for: asked.policy))
    }
    Console.print(
      json ? try GateDocument(answer).json() : GateText(answer).render(style: Console.style(STDOUT_FILENO)))
    throw ExitStatus(answer.answer).code
  }
}
