import Foundation
import NixModel
import Reporting
import Testing

/// A fact for every code, and what its sentence has to name.
struct ReasonSample: Sendable, CustomTestStringConvertible {
  let fact: Reason.Fact
  let names: [String]
  /// What the remedy has to offer: a command, or what to look at.
  let offers: [String]

  var testDescription: String { fact.code.rawValue }

  // Where a sample cannot be made there are none, and the test that counts codes fails.
  static let all: [ReasonSample] = (try? samples()) ?? []

  private static func samples() throws -> [ReasonSample] {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let needer = try Make.path("b", "guestfs-tools-1.54.0")
    let derivation = try Make.path("d", "libguestfs-1.54.1.drv")
    let cache = Make.cache
    let narinfo = "\(cache)/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.narinfo"
    let push = ["`scripts/cache-warm.sh --installable INSTALLABLE --cache NAME`"]
    let build = ["`--allow-build 'libguestfs-1.54.1'`", "`warmth prove INSTALLABLE --builds forbid`"]
    func sample(_ fact: Reason.Fact, _ names: [Any], _ offers: [String]) -> ReasonSample {
      ReasonSample(fact: fact, names: names.map { "\($0)" }, offers: offers)
    }
    return [
      sample(
        .presentBefore(path: path, isValid: true), [path, "was valid"], ["--isolated", "fresh runner"]),
      sample(
        .presentBefore(path: path, isValid: false), [path, "on disk"], ["`nix-store --delete \(path)`"]),
      sample(
        .memberPresentBefore(path: path, wasBuiltHere: true), [path, "was built on this machine"],
        ["--isolated", "fresh runner"]),
      sample(
        .memberPresentBefore(path: path, wasBuiltHere: false), [path, "the policy"],
        ["--isolated", "fresh runner"]),
      sample(.writeTokenPresent(try Make.meansOfWriting()), ["ATTIC_TOKEN"], ["unset", "`r`"]),
      sample(
        .notInSubstituter(path: path, caches: [cache, Make.upstream]), [path, cache, Make.upstream], push),
      sample(
        .notInSubstituter(path: path, caches: [cache], others: [Make.upstream]),
        [path, cache, "\(Make.upstream) has it"], push + ["`--expect-from \(Make.upstream)`"]),
      sample(
        .evaluationFailed(message: UnknownPath.impure.sentence(about: "out")),
        ["an impure derivation", "'out'"],
        ["built from"]),
      sample(.notInSubstituter(path: path, caches: []), [path, "there were none"], ["nixpkgs revision"]),
      sample(
        .referenceMissing(path: path, neededBy: needer, caches: [cache]), [path, needer, cache],
        push + ["--ignore-upstream-cache-filter"]),
      sample(
        .narMissing(path: path, cache: cache, file: "nar/x.nar", line: nil), [path, cache, "nar/x.nar"],
        push + ["A plain push may skip it"]),
      sample(
        .narMissing(path: path, cache: cache, file: "nar/x.nar", line: 9), [path, cache, "log line 9"], push),
      sample(
        .narCorrupt(path: path, cache: cache, message: "hash mismatch", line: 9),
        [path, cache, "hash mismatch.", "log line 9"], push),
      sample(
        .signatureUntrusted(path: path, source: cache, signers: ["other-1"]), [path, cache, "other-1"],
        ["--trusted-public-key 'other-1:…'", "`nix store sign --key-file FILE \(path)`"]),
      sample(
        .signatureUntrusted(path: path, source: cache, signers: []), [path, cache, "without any signature"],
        ["`nix store sign --key-file FILE \(path)`"]),
      sample(
        .narinfoInvalid(path: path, cache: cache, flaw: "NarHash is missing"),
        [path, cache, "NarHash is missing."], push + ["`curl -fsS \(narinfo)`"]),
      sample(
        .wrongSubstituter(path: path, from: Make.upstream, line: 9), [path, Make.upstream, "log line 9"],
        ["`--expect-from \(Make.upstream)`"]),
      sample(
        .substituterUnreachable(path: nil, cache: cache, cause: "refused"), [cache, "refused."],
        ["`curl -fsS \(cache)/nix-cache-info`"]),
      sample(
        .substituterUnreachable(path: path, cache: "s3://bucket", cause: "only Nix can ask"),
        [path, "s3://bucket"], ["`nix store info --store 's3://bucket'`"]),
      sample(
        .substituterError(path: path, cache: cache, status: 500, message: "HTTP 500", line: nil),
        [path, cache, "HTTP 500"], ["`curl -sSi \(narinfo)`", "own log"]),
      sample(
        .substituterError(path: nil, cache: cache, status: nil, message: "another store", line: nil),
        [cache, "another store."], ["`curl -sSi \(cache)/nix-cache-info`"]),
      sample(
        .substituterError(path: path, cache: cache, status: 429, message: "slow down", line: 9),
        [path, cache, "HTTP 429", "log line 9", "slow down."], ["wait"]),
      sample(
        .substituterRefused(path: path, cache: cache, status: 403), [path, cache, "HTTP 403"],
        ["`curl -fsS --netrc \(narinfo)`"]),
      sample(
        .substitutesDisallowed(.derivation(derivation)), [derivation], ["`--allow-build 'libguestfs-1.54.1'`"]
      ),
      sample(
        .substitutesDisallowed(.setting(origin: nil)), ["substitute = false"],
        ["`nix config show substitute`"]),
      sample(
        .substitutesDisallowed(.setting(origin: "/etc/nix/nix.conf, line 3")),
        ["substitute = false", "/etc/nix/nix.conf, line 3"], ["Remove"]),
      sample(
        .claimDisputed(
          MeansOfWriting(
            .atticToken, at: "the environment variable ATTIC_TOKEN", .readOnly("main: r"),
            probes: [.init(cache: cache, claimsPush: false, answer: .mayPush)])),
        ["ATTIC_TOKEN", cache, "lets it push"], ["decode the token's claims"]),
      sample(
        .builtLocally(derivation: derivation, path: path, line: 9), [derivation, path, "log line 9"], build),
      sample(.builtLocally(derivation: derivation, path: nil, line: nil), [derivation, "database"], build),
      sample(
        .builtRemotely(derivation: derivation, machine: "ssh://builder", line: 9),
        [derivation, "ssh://builder", "log line 9"], build + ["builders ="]),
      sample(.forbiddenBuild(derivation: derivation, line: 9), [derivation, "log line 9"], build),
      sample(
        .sandboxUnavailable(
          derivation: derivation, cause: "cloning builder process: Operation not permitted"),
        ["has to be built", "cloning builder process: Operation not permitted."],
        ["--isolated", "user.max_user_namespaces"]),
      sample(
        .evaluationFailed(
          message: "attribute 'x' missing",
          installable: .flake(reference: "nixpkgs", attribute: "it's", outputs: .named(["out"]))),
        ["attribute 'x' missing."],
        ["path-info --derivation --show-trace 'nixpkgs#it'\\''s'`"]),
      sample(
        .nixFailed(ending: "exit code 1", message: "boom", line: 9), ["exit code 1", "log line 9", "boom."],
        ["around line 9"]),
      sample(
        .nixFailed(ending: "exit code 1", message: "writing to file: No space left on device", line: 9),
        ["No space left on device"], ["Free space on the disk"]),
      sample(
        .nixFailed(ending: "signal 9", message: nil, line: nil), ["signal 9"], ["the end of the run's log"]),
      sample(.timedOut, ["longer than it was given"], ["`--timeout 2h`"]),
      sample(.interrupted, ["ended from outside"], ["Prove again"]),
      sample(.stoppedEarly, ["another target's sake"], ["`--builds forbid`"]),
      sample(.nothingTransferred, ["Nothing was copied"], ["`warmth prove INSTALLABLE --builds forbid`"]),
      sample(
        .witnessMissing(witness: "the store after the run", cause: "locked"),
        ["the store after the run", "locked."], ["`nix --version`"]),
    ]
      + Reason.Disagreement.allCases.map {
        sample(
          .witnessesDisagree(path: path, $0), [path], ["rove again", "`nix path-info"].filter(isOffered($0)))
      }
  }

  /// Which of the two general remedies a disagreement has.
  private static func isOffered(_ disagreement: Reason.Disagreement) -> (String) -> Bool {
    switch disagreement {
    case .copiedButBuilt, .copiedButNotOffered: { $0 == "rove again" }
    case .copiedButNotValid, .appearedUnseen, .copiedOtherContent: { _ in true }
    case .copiedButNotVouchedFor, .presentOtherContent: { $0 == "`nix path-info" }
    }
  }
}

@Suite struct `Reasons` {
  @Test func `every code has a sample`() {
    #expect(Set(ReasonSample.all.map(\.fact.code)) == Set(ReasonCode.allCases))
  }

  @Test(arguments: ReasonSample.all)
  func `a sentence names what it is about, and a remedy offers what to do`(_ sample: ReasonSample) {
    let reason = Reason(sample.fact, .cold)
    for name in sample.names { #expect(reason.message.contains(name)) }
    for offer in sample.offers { #expect(reason.remedy.contains(offer)) }
    for text in [reason.message, reason.remedy] {
      #expect(text.first?.isLowercase == false || text.hasPrefix("http") || text.hasPrefix("s3:"))
      #expect(text.hasSuffix("."))
      #expect(!text.contains("..") && !text.contains("  ") && !text.contains("!"))
      // Backquotes come in pairs, so that Markdown can show commands as such.
      #expect(text.count { $0 == "`" }.isMultiple(of: 2))
    }
  }

  @Test(arguments: ReasonSample.all)
  func `the line of a sentence is the line of its reason`(_ sample: ReasonSample) {
    #expect(Reason(sample.fact, .cold).message.contains("log line 9") == (sample.fact.line == 9))
  }

  @Test(arguments: ReasonCode.allCases)
  func `a title is a title without a full stop`(_ code: ReasonCode) {
    #expect(code.title.contains(" ") && !code.title.hasSuffix("."))
    #expect(ReasonCode.allCases.count { $0.title == code.title } == 1)
  }

  @Test func `credentials and escapes in what others wrote are not repeated`() {
    let fact = Reason.Fact.nixFailed(
      ending: "exit code 1",
      message: "\u{1B}[31;1merror:\u{1B}[0m http://user:s3cret@cache: no\u{202E}t\u{07}", line: nil)
    #expect(Reason(fact, .cold).message == "Nix ended with exit code 1: error: http://***@cache: not.")
  }

  @Test func `the book of reasons in docs is the code's own`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let written = try String(contentsOf: root.appending(path: "docs/reasons.md"), encoding: .utf8)
    #expect(written == ReasonBook().markdown(), "write it anew: warmth reasons > docs/reasons.md")
  }
}
