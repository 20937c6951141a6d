import ArgumentParser
import EvidenceStore
import Foundation
import NixModel

/// Fills an evidence store as years of CI would; prints which runs each of some questions is answered with.
///
/// What repeats, and why: six lanes prove the same few targets many times a day, so that the same paths, offers
/// and events come again until nixpkgs is bumped, every three days. Every third bump rebuilds everything, as a
/// change of a common library does; the others change the targets and half of what is no library. Nothing else is
/// made to repeat: each run has its own name, time, pod, order of log lines and memory use. `--bump 1` bumps before
/// every run, and changes all hashes: then no path, narinfo or event is ever said twice.
struct Evidence: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fill an evidence store; prints questions with their answers as JSON.")

  @Argument(help: "The store to make or add to.")
  var file: String

  @Option(help: "How many runs.")
  var runs = 100_000

  @Option(help: "How many paths each run is about.")
  var paths = 40

  @Option(help: "How many runs there are between two bumps of nixpkgs.")
  var bump = 300

  @Option(help: "The number of the first run, which says when it was.")
  var first = 0

  @Option(help: "A letter in the names of runs, so that stores of the same time have different ones.")
  var letter = "a"

  func validate() throws {
    guard runs > 0, bump > 0, paths >= Lane.targets.count, paths <= NixpkgsHistory.names.count else {
      throw ValidationError(
        "There are at least one run and 4 to \(NixpkgsHistory.names.count) paths.")
    }
  }

  func run() throws {
    let store = try EvidenceStore(creatingAt: file)
    var signatures = Signatures()
    var history = NixpkgsHistory(changesAll: bump == 1)
    var scripts: [String: Script] = [:]
    var answers = Answers()
    var number = first
    while number < first + runs {
      let end = min(number + 500, first + runs)
      try store.record { recorder in
        while number < end {
          let happening = Happening(number: number, bump: bump, letter: letter)
          if happening.bump != history.bump {
            history.advance(to: happening.bump)
            scripts = [:]
          }
          let key = "\(happening.lane.name) \(happening.kind)"
          let script = try scripts[key] ?? Script(happening, in: history, paths: paths, &signatures)
          scripts[key] = script
          let (depositions, conclusion) = script.testimony(of: happening)
          try recorder.begin(happening.start)
          try recorder.record(depositions.flatMap { $0 }, for: happening.id)
          if let conclusion { try recorder.conclude(happening.id, conclusion) }
          answers.note(happening, script)
          number += 1
        }
      }
    }
    print(try answers.json())
  }
}

/// What differs from run to run.
struct Happening {
  /// How runs end, in hundredths: most are warm.
  enum Kind: String { case warm, cold, unreachable, cutOff }

  let number: Int
  let bump: Int
  let lane: Lane
  let kind: Kind
  let started: Date
  let id: RunID

  init(number: Int, bump: Int, letter: String) {
    self.number = number
    self.bump = number / bump
    var random = SplitMixNumbers(seed: UInt64(number) &* 31 &+ UInt64(letter.utf8.first ?? 0))
    lane = Lane.all[Int(random.next() % UInt64(Lane.all.count))]
    kind =
      switch random.next() % 100 {
      case ..<88: .warm
      case ..<94: .cold
      case ..<98: .unreachable
      default: .cutOff
      }
    // A hundred a day, until May 2026.
    let last = Date(timeIntervalSince1970: 1_777_593_600)
    let seconds = Double(number - 105_000) * 864 + Double(random.next() % 800_000) / 1000
    started = last.addingTimeInterval(seconds)
    id = RunID(at: started, using: &random)
  }

  var start: RunStart {
    RunStart(
      id: id, started: started, version: "0.1.0",
      runner: Runner(
        host: "runner-\(number % 12)", pod: "\(lane.name)-\(id.text.suffix(6))",
        processID: Int32(number % 30_000),
        processStart: UInt64(number) * 86_400,
        bootID: "5b1c9d1e-0000-4000-8000-\(100_000_000_000 + number / 700)"),
      installables: lane.installables, policy: Policy(),
      occasion: Occasion(
        repository: "nixos/tests", ref: "refs/heads/\(branch)", branch: branch, revision: revision,
        pipeline: "\(number)", page: "https://ci.example/nixos/tests/actions/runs/\(number)"))
  }

  /// One in ten lanes of work is a branch of its own for a day or so.
  var branch: String { number % 10 == 0 ? "topic-\(number / 100)" : "main" }

  /// A commit is proved by three pipelines or so.
  var revision: String {
    var random = SplitMixNumbers(seed: UInt64(number / 3) &+ 4711)
    return (0..<40).map { _ in String(random.next() % 16, radix: 16) }.joined()
  }
}

/// One of the pipelines that prove.
struct Lane {
  static let targets = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm"]
  static let all = [
    Lane(name: "pr", targets: targets), Lane(name: "merge", targets: targets),
    Lane(name: "nightly", targets: targets), Lane(name: "guestfs", targets: Array(targets.prefix(2))),
    Lane(name: "qemu", targets: Array(targets.suffix(2))), Lane(name: "appliance", targets: ["libguestfs"]),
  ]

  let name: String
  let targets: [String]

  var installables: [Installable] {
    targets.map {
      .flake(reference: "github:NixOS/nixpkgs/nixos-unstable", attribute: $0, outputs: .selected)
    }
  }
}
