import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// A publisher's summary comes from an unknown writer. Each is read, or refused with the key that is wrong.
@Suite struct `A publication's summary` {
  private let text: String

  init() throws { text = try Make.summary() }

  private func refusal(of text: String) -> PublicationSummary.Flaw? {
    do {
      _ = try PublicationSummary(parsing: Data(text.utf8))
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("\"warmth/publication/v1\"", "\"warmth/run/v1\"", "schema", "warmth/publication/v1"),
    ("\"schema\"", "\"scheme\"", "schema", "missing"),
    ("20260503T120000Z-abc123", "20260503T120000Z-abcdef", "publication.id", "20260503T120000Z-4k7xbq"),
    ("20260503T120000Z-abc123", "\\u0000", "publication.id", "expected a name"),
    ("\"2026-05-03T12:10:00Z\"", "\"2026-05-03 12:10\"", "publication.finished", "a time such as"),
    ("\"2026-05-03T12:10:00Z\"", "1777809600", "publication.finished", "a text"),
    ("\"2026-05-03T12:10:00Z\"", "\"2026-02-31T12:10:00Z\"", "publication.finished", "a time such as"),
    ("\"2026-05-03T12:10:00Z\"", "\"2026-02-31T25:61:61Z\"", "publication.finished", "a time such as"),
    ("\"2026-05-03T12:10:00Z\"", "\"2026-05-03T24:00:00.5Z\"", "publication.finished", "a time such as"),
    ("\"2026-05-03T12:00:00.125Z\"", "null", "publication.started", "a text"),
    ("\"state\": \"failed\"", "\"state\": \"warm\"", "publication.state", "'published'"),
    ("\"exitCode\": 1", "\"exitCode\": 256", "publication.exitCode", "0 to 255"),
    ("\"exitCode\": 1", "\"exitCode\": -1", "publication.exitCode", "not below 0"),
    ("\"exitCode\": 1", "\"exitCode\": 1.5", "publication.exitCode", "a whole number"),
    ("\"exitCode\": 1", "\"exitCode\": true", "publication.exitCode", "a whole number"),
    ("\"builder-1\"", "\"builder\\u001b[2J\"", "publisher.host", "control characters"),
    ("\"builder-1\"", "\"a\\nb\"", "publisher.host", "one line"),
    ("\"builder-1\"", "\"\"", "publisher.host", "one line"),
    ("\"builder-1\"", "[]", "publisher.host", "a text"),
    ("\"https://attic.example/main/\"", "\"attic\"", "destination.readSide", "an address"),
    ("\"https://attic.example/main/\"", "\"http://a\\nb\"", "destination.readSide", "an address"),
    ("\"attic\", \"cache\"", "\"ftp\", \"cache\"", "destination.kind", "'nix-copy'"),
    ("\"targets\": [", "\"target\": [", "targets", "missing"),
    (
      "\"outcome\": \"built\",\n      \"derivation\"", "\"outcome\": 1, \"derivation\"", "targets[0].outcome",
      "a text"
    ),
    ("\"out-of-memory\"", "\"bored\"", "targets[1].failure.kind", "'out-of-disk'"),
    ("\"role\": \"runtime\"", "\"role\": null", "paths[1].role", "a text"),
    ("\"served\": true", "\"served\": 1", "paths[0].served", "true or false"),
    ("\"narSize\": 208", "\"narSize\": \"208\"", "paths[0].narSize", "a whole number"),
    ("\"fatal\": true", "\"fatal\": \"yes\"", "faults[0].fatal", "true or false"),
    ("\"not-served\"", "\"Not served\"", "faults[0].code", "a word"),
    ("\"memoryPeak\": 99", "\"memoryPeak\": {}", "cgroup.memoryPeak", "a whole number"),
    ("\"cgroup\": {", "\"cgroup\": [{", "", "no JSON"),
  ])
  func `names the key that is wrong, and what was expected`(
    one: String, other: String, key: String, words: String
  ) throws {
    let changed = text.replacing(one, with: other)
    try #require(changed != text, "\(one)")
    let flaw = try #require(refusal(of: changed))
    #expect(flaw.key ?? "" == key, "\(flaw)")
    #expect(flaw.words.contains(words), "\(flaw)")
  }

  @Test func `names each path once, of the store`() throws {
    let glib = try Make.path("glib-2.80").description
    let libguestfs = try Make.path("libguestfs-1.54.1").description
    let twice = try #require(
      refusal(of: text.replacing("\"\(glib)\", \"role\"", with: "\"\(libguestfs)\", \"role\"")))
    #expect(twice.key == "paths" && twice.words.contains("\(libguestfs) is there twice"))
    for other in [
      "/nix/store/x", "\(glib)/bin", "/etc/passwd", "\(glib)\\u0000", String(repeating: "x", count: 99_999),
    ] {
      let flaw = try #require(
        refusal(of: text.replacing("\"\(glib)\", \"role\"", with: "\"\(other)\", \"role\"")))
      #expect(flaw.key == "paths[1].path")
      #expect(flaw.words.utf8.count < 400)
    }
  }

  @Test func `of a publisher that failed early is taken`() throws {
    let early = text.replacing("\"2.34.8\"", with: "null").replacing(
      "\"boot\": \"boot\"", with: "\"boot\": null"
    )
    .replacing("\"no narinfo\"", with: "null").replacing("\"x86_64-linux\"", with: "\"\"")
    let publication = try PublicationSummary(parsing: Data(early.utf8)).publication
    let publisher = publication.head.publisher
    #expect([publisher.nix, publisher.system, publisher.runner.bootID] == ["unknown", "unknown", "unknown"])
    #expect(publication.faults.first?.message == "")
  }

  /// Texts of a summary that are printed may be kept in a log.
  @Test func `hands out no bundles`() throws {
    let line = "@warmth-bundle 20260503T120000Z-4k7xb0 1/1 eA== \(String(repeating: "0", count: 64))"
    let changed = text.replacing("no narinfo", with: "cause:\\n\(line)").replacing("builder-1", with: line)
    let publication = try PublicationSummary(parsing: Data(changed.utf8)).publication
    for said in [publication.faults.first?.message, publication.head.publisher.runner.host] {
      let lines = try #require(said).split(separator: "\n")
      #expect(lines.last?.contains("20260503T120000Z-4k7xb0 1/1 eA==") == true)
      for line in lines {
        #expect(Array(line.utf8).withUnsafeBytes { BundleLine($0) } == nil, "\(line)")
      }
    }
  }

  /// Some milliseconds are no exact `Date`.
  @Test func `keeps its time through every reading and writing`() throws {
    for millisecond in 0..<1000 {
      let digits = String(millisecond + 1000).dropFirst()
      let other = text.replacing("12:00:00.125Z", with: "12:00:00.\(digits)Z")
      let started = try PublicationSummary(parsing: Data(other.utf8)).publication.head.started
      #expect(Instant.date(Instant.text(started)) == started, "\(digits)")
      #expect(
        abs(started.timeIntervalSince1970 - 1_777_809_600 - Double(millisecond) / 1000) < 0.02, "\(digits)")
      #expect(
        Instant.date(Instant.text(started)).map { Instant.milliseconds($0) } == Instant.milliseconds(started),
        "\(digits)")
    }
  }

  @Test func `cut off anywhere is refused`() throws {
    let bytes = Data(text.utf8)
    // Without the newline at the end and the spaces before it, the summary is still whole.
    for length in 0..<bytes.count - 3 {
      #expect(throws: PublicationSummary.Flaw.self, "\(length)") {
        _ = try PublicationSummary(parsing: bytes.prefix(length))
      }
    }
  }

  @Test func `that is too large or too deep is refused`() throws {
    let padding = String(repeating: " ", count: PublicationSummary.maximumSize)
    #expect(refusal(of: text + padding)?.words.contains("32 MiB") == true)
    let deep = String(repeating: "[", count: 100_000)
    #expect(refusal(of: text.replacing("[{}]", with: deep)) != nil)
    #expect(refusal(of: "{\"schema\":\(String(repeating: "9", count: 100_000))}") != nil)
  }

  /// A changed summary that is accepted can be recorded and read back. It shows no password, and has no
  /// control characters for a terminal.
  @Test func `that was changed at random is recorded or refused`() throws {
    let seed =
      ProcessInfo.processInfo.environment["WARMTH_TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let pieces = [
      "null", "-1", "1e400", "1e18", "\"\"", "[]", "{}", "true", "\\u0000", "\\u001b[2J", "\\ud800",
      "\u{202E}", "\u{301}",
      "\"", "\\", ",", "}", "]", "https://me:hunter2@x", "me:hunter2@", "\u{7F}", "::error::", "../..",
      "9999999999999999999999",
    ].map { Array($0.utf8) }
    let original = Array(text.utf8)
    var accepted = 0
    let drawer = Drawer()
    for number in 0..<Effort.share(of: 4000) {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...9, using: &random))
          bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
        }
      }
      let comment: Comment =
        "change \(number), WARMTH_TEST_SEED=\(seed): \(String(decoding: bytes, as: UTF8.self))"
      // A password without its surroundings cannot be recognized.
      let changed = String(decoding: bytes, as: UTF8.self)
      let isWhole =
        changed.ranges(of: "hunter2").count == changed.ranges(of: "me:hunter2@").count
      let publication: Publication
      do { publication = try PublicationSummary(parsing: Data(bytes)).publication } catch {
        let said = "\(error.key ?? "") \(error.words)"
        #expect(said.plainText.utf8.elementsEqual(said.utf8) && said.utf8.count < 2000, comment)
        #expect(!isWhole || !said.contains("hunter2"), comment)
        continue
      }
      accepted += 1
      // Only each tenth is recorded, because recording takes longer than parsing.
      guard accepted % 10 == 0 else { continue }
      let snapshot = try Snapshot(of: publication, at: drawer.path)
      let (read, text) = try snapshot.database.read { db in
        let library = try Library(db)
        let lines = try library.parts(of: 1).map { try library.entry($0.entry).line }
        let texts = try String.fetchAll(db, sql: "SELECT value FROM text").map { Array($0.utf8) }
        // The newline of a line belongs to no text.
        let all = lines.map { Array($0.dropLast()) } + texts
        return (
          try library.contents(of: 1).publication(),
          all.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        )
      }
      #expect(read.head == publication.head && read.faults == publication.faults, comment)
      #expect(Set(read.paths.map(\.path)) == Set(publication.paths.map(\.path)), comment)
      #expect(text.plainText.utf8.elementsEqual(text.utf8), comment)
      #expect(!isWhole || !text.contains("hunter2"), comment)
    }
    #expect(accepted > Effort.share(of: 100), "\(accepted)")
  }

  @Test func `is written as it is read, whatever others said in it`() throws {
    let publication = try PublicationSummary(parsing: Data(text.utf8)).publication
    let list = TargetList([try Installable(parsing: "nixpkgs#a"), try Installable(parsing: "nixpkgs#b")])
    for text in [""] + Hostile.texts {
      let (head, first) = (publication.head, publication.targets[0])
      let strange = Publication(
        head: PublicationHead(
          id: head.id, started: head.started, finished: head.finished, state: head.state,
          exitCode: head.exitCode, program: "warmth", publisher: head.publisher, occasion: head.occasion,
          destination: head.destination,
          shard: Shard(1, of: 2, of: list, in: try SweepName(parsing: "nightly"))),
        targets: [
          PublishedTarget(
            installable: "x\(text)", outcome: .failed, derivation: first.derivation, outputs: first.outputs,
            milliseconds: 7, failure: PublishedTarget.Failure(kind: .timedOut, message: text))
        ], paths: publication.paths, faults: publication.faults, cgroup: publication.cgroup)
      let written = try JSONEncoder().encode(PublicationSummary(strange))
      let json = String(decoding: written, as: UTF8.self)
      #expect(!json.contains("\\u001b") && !json.contains("\u{202E}") && !json.contains("\\u0000"))
      let read = try PublicationSummary(parsing: written).publication
      #expect(read.head == strange.head && read.paths == strange.paths && read.faults == strange.faults)
      #expect(read.cgroup == strange.cgroup && read.targets.map(\.outputs) == [first.outputs])
      // Once it is written, it stays as it is.
      #expect(
        try PublicationSummary(parsing: JSONEncoder().encode(PublicationSummary(read))).publication == read)
    }
  }

  @Test func `says in an error which file it is, and records nothing`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let path = "\(drawer.directory)/summary.json"
    try text.replacing("\"attic\", \"cache\"", with: "\"ftp\", \"cache\"").write(
      toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: EvidenceError.self) { _ = try store.merge(EvidenceStore(reading: path)) }
    #expect(error?.description.contains("'\(path)'") == true)
    #expect(error?.description.contains("'destination.kind'") == true)
    #expect(try store.publications(limit: 1).isEmpty)
    // Another program's JSON is no summary either.
    try "\n {\"runs\": []}".write(toFile: path, atomically: true, encoding: .utf8)
    let other = #expect(throws: EvidenceError.self) { _ = try EvidenceStore(reading: path) }
    #expect(other?.flaw == .malformedSummary(key: "schema", "it is missing"))
  }
}
