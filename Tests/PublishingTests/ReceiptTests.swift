import NixModel
import TestSupport
import Testing

@testable import Publishing

/// What readers get, by what a cache answers.
@Suite struct `A receipt` {
  private static let cache = "https://cache.example/main"

  /// What a reading is about.
  enum Kind: Equatable { case served, other, notServed, notSigned, archiveMissing, unknown }

  private func kind(_ reading: Reading) -> Kind {
    switch reading {
    case .served(_, .asBuiltHere): .served
    case .served(_, .other): .other
    case .unknown: .unknown
    case .lacking(let lack):
      switch lack.code {
      case .notSigned: .notSigned
      case .archiveMissing: .archiveMissing
      default: .notServed
      }
    }
  }

  private static let key = LabKey("lab-1")
  private static let foreign = LabKey("foreign-1")
  /// Another key of the same name.
  private static let forged = LabKey("lab-1")

  /// One case: who signed, what is known of readers' keys, and what is there.
  struct Case: Sendable, CustomStringConvertible {
    var signers: [LabKey]
    var areAll = true
    var nar = Survey.NarPresence.present(size: 1)
    var content: Character = "0"
    let kind: Kind
    let description: String
  }

  private static let cases = [
    Case(signers: [key], kind: .served, description: "signed by a key that readers trust"),
    Case(signers: [foreign, key], kind: .served, description: "and by another"),
    Case(signers: [foreign], kind: .notSigned, description: "by another alone"),
    Case(signers: [foreign], areAll: false, kind: .served, description: "by one that readers may trust"),
    Case(signers: [forged], areAll: false, kind: .notSigned, description: "by one that has only the name"),
    Case(signers: [], areAll: false, kind: .notSigned, description: "by nobody"),
    Case(
      signers: [key], nar: .missing(status: 404), kind: .archiveMissing, description: "without an archive"),
    Case(
      signers: [foreign], areAll: false, nar: .missing(status: 404), kind: .archiveMissing,
      description: "without one, by a key that readers may trust"),
    Case(
      signers: [key], nar: .refused(status: 403), kind: .archiveMissing, description: "its archive refused"),
    Case(signers: [key], nar: .failed(.status(503)), kind: .unknown, description: "its archive in doubt"),
    Case(signers: [key], content: "1", kind: .other, description: "with another content"),
  ]

  @Test(arguments: cases) func `of a path by its narinfo`(each: Case) throws {
    let (cache, path) = (try SubstituterURL(parsing: Self.cache), try Make.path("qemu-10.0"))
    let narinfo = try Make.narinfo(path, signedBy: each.signers)
    let keys = ReaderKeys(keys: TrustedKeys([try Self.key.trusted()]), areAll: each.areAll)
    let answer = Survey.Answer(
      cache: cache,
      kind: VerifiedNarinfo(narinfo, trusting: keys.keys).map { .offered($0, nar: each.nar) }
        ?? .untrusted(narinfo))
    let survey = Survey(
      caches: [Survey.Cache(url: cache, state: .open(priority: 0))], answers: [path: [answer]])
    let here = try Make.narinfo(path, content: each.content)
    let registration = Registration(
      narHash: here.narHash, narSize: 1, isUltimate: true, signatures: [], contentAddress: nil, references: []
    )
    let reading = Receipt(cache: cache, answer: (survey, [path: each.nar]), keys: keys)
      .reading(of: path, registeredAs: registration)
    #expect(kind(reading) == each.kind)
    // A store that only Nix can ask has its own word for the same.
    if case .present = each.nar, each.kind != .other {
      let registered = Registration(
        narHash: narinfo.narHash, narSize: narinfo.narSize, isUltimate: false,
        signatures: narinfo.signatures, contentAddress: nil, references: [])
      #expect(kind(Reading(registered, of: path, in: cache, trusting: keys)) == each.kind)
    }
  }

  @Test(arguments: [
    (Survey.Answer.Kind.absent, Kind.notServed), (.refused(status: 401), .notServed),
    (.failed(.status(500)), .unknown), (.failed(.unreachable("reset")), .unknown),
  ])
  func `of a path without one`(answer: Survey.Answer.Kind, kind: Kind) throws {
    try expect(kind, state: .open(priority: 0), answer)
  }

  @Test(arguments: [
    (Survey.Cache.State.unreachable("refused"), Kind.unknown), (.failing(status: 429), .unknown),
    (.unusable("no cache"), .notServed), (.unknown, .unknown),
  ])
  func `of a cache that is closed`(state: Survey.Cache.State, kind: Kind) throws {
    try expect(kind, state: state, nil)
  }

  private func expect(_ expected: Kind, state: Survey.Cache.State, _ answer: Survey.Answer.Kind?) throws {
    let (cache, path) = (try SubstituterURL(parsing: Self.cache), try Make.path("qemu-10.0"))
    let survey = Survey(
      caches: [Survey.Cache(url: cache, state: state)],
      answers: answer.map { [path: [Survey.Answer(cache: cache, kind: $0)]] } ?? [:])
    let registration = Registration(
      narHash: try Make.narinfo(path).narHash, narSize: 1, isUltimate: true, signatures: [],
      contentAddress: nil, references: [])
    let receipt = Receipt(
      cache: cache, answer: (survey, [:]), keys: ReaderKeys(keys: TrustedKeys([]), areAll: false))
    #expect(kind(receipt.reading(of: path, registeredAs: registration)) == expected)
  }

  @Test func `takes a path from any cache that serves it, and a doubt for no answer`() throws {
    let cache = try SubstituterURL(parsing: Self.cache)
    let served = Reading.served(by: cache, content: .asBuiltHere)
    let (lacking, unknown) = (Reading.lacking(.missing("")), Reading.unknown(cause: ""))
    let table: [(Reading, Reading, Kind)] = [
      (served, unknown, .served), (lacking, served, .served), (unknown, served, .served),
      (lacking, unknown, .unknown), (unknown, lacking, .unknown), (lacking, lacking, .notServed),
    ]
    for (first, second, expected) in table { #expect(kind(first.orElse(second)) == expected) }
  }
}
