import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import TestSupport

/// What the witnesses of every run of a lane say between two bumps, for each way in which runs end, and what the
/// judge makes of it.
struct Script {
  let testimony: Testimony
  let judgment: Judgment
  let outcomes: [StorePath: Outcome]
  let paths: [StorePath]
  private let kind: Happening.Kind

  init(_ happening: Happening, in history: NixpkgsHistory, paths count: Int, _ signatures: inout Signatures)
    throws
  {
    kind = happening.kind
    let cache = try SubstituterURL(parsing: "https://cache.ci.example/main")
    let upstream = try SubstituterURL(parsing: "https://cache.nixos.org")
    let keys = TrustedKeys(try Signatures.keys.map { try $0.trusted() })
    let members = try (0..<count).map { try history.path($0) }
    let own = happening.lane.targets.compactMap { Lane.targets.firstIndex(of: $0) }
    let others = (0..<count).filter { !own.contains($0) }
    paths = members.map(\.output)

    var survey = Survey(caches: [
      .init(url: cache, state: kind == .unreachable ? .unreachable("timed out") : .open(priority: 40)),
      .init(url: upstream, state: .open(priority: 40)),
    ])
    var after: [StorePath: Registration] = [:]
    var events: [LogEvent.Kind] = []
    for (index, member) in members.enumerated() {
      let references = history.references(of: index, among: count).map { members[$0].output }
      let isUpstream = index % 10 < 7
      let isMissing = kind == .cold && index == own.first
      var answers: [Survey.Answer] = []
      for (url, key, has) in [
        (cache, Signatures.keys[0], !isMissing), (upstream, Signatures.keys[1], isUpstream && !isMissing),
      ]
      where !(kind == .unreachable && url == cache) {
        guard has else {
          answers.append(.init(cache: url, kind: .absent))
          continue
        }
        let verified = try signatures.narinfo(member, references, signedBy: key, keys)
        let narinfo = verified.narinfo
        let isTarget = own.contains(index)
        answers.append(
          .init(
            cache: url, kind: .offered(verified, nar: isTarget ? .present(size: narinfo.fileSize) : .notAsked)
          ))
        if after[member.output] == nil, kind == .warm {
          after[member.output] = Registration(
            narHash: narinfo.narHash, narSize: narinfo.narSize, isUltimate: false,
            signatures: narinfo.signatures, contentAddress: nil, references: narinfo.references)
          events += [
            .copyStarted(path: member.output, from: url.canonical),
            .copyStopped(path: member.output, from: url.canonical),
          ]
        }
      }
      survey.answers[member.output] = answers
    }
    let targets = zip(happening.lane.installables, own).map { installable, index in
      Target(
        installable: installable,
        resolution: .derivation(
          members[index].derivation, system: "x86_64-linux",
          outputs: [.init(name: "out", path: members[index].output)]))
    }
    let graph = DerivationGraph(
      Dictionary(
        uniqueKeysWithValues: members.map {
          ($0.derivation, Derivation(outputs: ["out": $0.output], system: "x86_64-linux"))
        }))
    let needed =
      own.map { members[$0].output }
      + (kind == .warm || own.count > 1 ? others.map { members[$0].output } : [])
    testimony = Testimony(
      environment: RunnerEnvironment(
        nixVersion: "2.34.\(history.bump / 40)", system: "x86_64-linux", store: "auto",
        substituters: [cache, upstream], trustedKeys: keys, substitutes: true, meansOfWriting: [],
        origins: [
          "substituters": "/etc/nix/nix.conf, line 3", "trusted-public-keys": "/etc/nix/nix.conf, line 4",
        ]),
      targets: targets, graph: graph, survey: survey,
      before: .said(Dictionary(uniqueKeysWithValues: needed.map { ($0, Presence.absent) })),
      log: LogTestimony(
        events: events.map { LogEvent(line: 0, kind: $0) }, lines: 0, bytes: 0,
        ending: kind == .warm ? .exited(code: 0) : .notStarted),
      after: kind == .warm ? .said(after) : .notAsked)
    judgment = judge(testimony, under: Policy())
    outcomes = NixModel.outcomes(in: testimony, under: Policy())
    let expected: Verdict = kind == .warm ? .warm : kind == .cold ? .cold : .inconclusive
    guard judgment.verdict == expected || kind == .cutOff else {
      throw ValidationError("The judge calls a run \(judgment.verdict) that is meant to be \(expected).")
    }
  }

  /// What one run of it says, in the transactions in which `prove` records it, and its end.
  func testimony(of happening: Happening) -> (depositions: [[Deposition]], conclusion: Conclusion?) {
    var random = SplitMixNumbers(seed: UInt64(happening.number) &+ 77)
    var depositions: [[Deposition]] = [
      [.environment(testimony.environment)], [.resolution(testimony.targets, [])],
      [.survey(testimony.survey)],
      [.presence(testimony.before)],
    ]
    guard kind != .cutOff else { return (depositions, nil) }
    var line = 1
    // Nix copies many at once, in an order that is never the same.
    let copies = stride(from: 0, to: testimony.log.events.count, by: 2).map {
      testimony.log.events[$0..<($0 + 2)]
    }
    let events = copies.shuffled(using: &random).joined().map { event in
      line += 1 + Int(random.next() % 5)
      return LogEvent(line: line, kind: event.kind)
    }
    let taken = 3000 + Int(random.next() % 16_000)
    let origins = Set(
      outcomes.values.compactMap { if case .substituted(let from) = $0 { from } else { nil } })
    depositions.append([
      .log(
        LogTestimony(
          events: events, lines: line, bytes: line * 180, ending: testimony.log.ending,
          timeTaken: kind == .warm
            ? TimeTaken(
              milliseconds: taken,
              copying: Dictionary(uniqueKeysWithValues: origins.map { ($0, taken / 2 + $0.count) }))
            : nil))
    ])
    if kind == .warm { depositions.append([.registrations(testimony.after)]) }
    depositions.append([.derivations(testimony.graph), .outcomes(outcomes)])
    let finished = happening.started.addingTimeInterval(20 + Double(random.next() % 60_000) / 1000)
    return (
      depositions,
      Conclusion(
        finished: finished, judgment: judgment, memoryPeak: 100_000_000 + random.next() % 50_000_000)
    )
  }
}
