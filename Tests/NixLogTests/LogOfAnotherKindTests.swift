import NixLog
import NixModel
import Testing

private let qemu = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
private let glibc = "/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40"

/// A log, and what it shows: `[copied, built, built remotely]`, or that it is none.
struct Kind: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let log: String
  let counts: [Int]?

  init(_ name: String, _ counts: [Int]?, _ lines: String...) {
    testDescription = name
    self.counts = counts
    log = lines.map { $0 + "\n" }.joined()
  }
}

@Suite struct `A log of another kind` {
  private static func record(_ id: Int, _ type: Int, _ fields: String, parent: Int = 0) -> String {
    "{\"action\":\"start\",\"fields\":[\(fields)],\"id\":\(id),\"level\":3,\"parent\":\(parent),\"text\":\"\","
      + "\"type\":\(type)}"
  }

  private static func copyRecords(_ path: String, mark: String = "@nix ", id: Int = 1) -> String {
    [
      record(id, 108, "\"\(path)\",\"https://c\""),
      record(id + 1, 100, "\"\(path)\",\"https://c\",\"local\"", parent: id),
      "{\"action\":\"stop\",\"id\":\(id + 1)}", "{\"action\":\"stop\",\"id\":\(id)}",
    ].map { mark + $0 }.joined(separator: "\n")
  }

  static let kinds = [
    Kind(
      "copies from a store over ssh", [2, 0, 0],
      "copying path '\(qemu)' from 'ssh-ng://nix-ssh@192.0.2.99'...",
      "copying path '\(glibc)' from 'ssh://c'..."),
    Kind(
      "a remote build's result on its way back", [1, 0, 1],
      "building '/nix/store/6v7n9msydgzwy9cd411qfmkcs0vab7ad-qemu-10.0.2.drv' on 'ssh-ng://b'...",
      "copying path '\(qemu)' from 'ssh-ng://'...", "copying path '\(qemu)-dev' from 'ssh-ng://b'...",
      "copying path '\(glibc)' from 'ssh-ng://cache'..."),
    Kind(
      "another store directory", [1, 1, 0],
      "copying path '/data/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu' from 'https://c'...",
      "building '/home/u/.local/share/nix/root/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-q.drv'..."),
    Kind(
      "records of another store directory", [1, 0, 0],
      copyRecords("/data/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-q")),
    Kind(
      "records before lines for people", [1, 1, 0],
      copyRecords(qemu), "building '\(glibc).drv'..."),
    Kind("lines for people before records", [1, 1, 0], "building '\(glibc).drv'...", copyRecords(qemu)),
    Kind(
      "nix log first", [1, 1, 0],
      #"@nix { "action": "setPhase", "phase": "unpackPhase" }"#, "unpacking sources",
      "copying path '\(qemu)' from 'https://c'...", "building '\(glibc).drv'..."),
    Kind(
      "a warning before the first record", [1, 0, 0], "warning: unknown setting 'x'", copyRecords(qemu)),
    Kind(
      "nix log alone", nil, #"@nix { "action": "setPhase", "phase": "unpackPhase" }"#, "unpacking sources"),
    Kind(
      "the file of json-log-path", [2, 0, 0], copyRecords(qemu, mark: ""), copyRecords(glibc, mark: "", id: 8)
    ),
    Kind(
      "a builder's unmarked records in a log for people", [0, 1, 0],
      "building '\(glibc).drv'...", copyRecords(qemu, mark: "")),
    Kind(
      "text among records", [1, 0, 0],
      "@nix " + record(1, 108, "\"\(qemu)\",\"https://c\""),
      "@nix " + record(2, 100, "\"\(qemu)\",\"https://c\",\"local\"", parent: 1),
      "copying path '\(glibc)' from 'https://c'...", #"@nix {"action":"stop","id":2}"#,
      #"@nix {"action":"stop","id":1}"#),
    Kind(
      "a byte order mark", [1, 1, 0],
      "\u{FEFF}copying path '\(qemu)' from 'https://c'...", "\u{FEFF}building '\(glibc).drv'..."),
    Kind("a byte order mark before records", [1, 0, 0], "\u{FEFF}" + copyRecords(qemu)),
    Kind(
      "GitLab's sections", [1, 1, 0],
      "section_start:1560896352:build[collapsed=true]\r\u{1B}[0Kcopying path '\(qemu)' from 'https://c'...",
      "section_end:1560896353:build\r\u{1B}[0Kbuilding '\(glibc).drv'...\r"),
    Kind(
      "GitLab's continued lines", [2, 1, 0],
      "2026-05-03T12:00:00.123456Z 00O section_start:1560896352:x\r\u{1B}[0K",
      "2026-05-03T12:00:00.123456Z 00O+copying path '\(qemu)' fr",
      "2026-05-03T12:00:00.123457Z 01E building '\(glibc)",
      "2026-05-03T12:00:00.123458Z 00O+om 'https://c'...",
      "2026-05-03T12:00:00.123459Z 01E+.drv'...",
      "2026-05-03T12:00:00.123459Z 01E copying path '\(glibc)' from 'https://c'..."),
    Kind("Lix's remote builds", [0, 0, 1], "building '\(qemu).drv'on ssh://b..."),
    Kind(
      "Lix's own", [1, 1, 0],
      "these 2 paths will be fetched (0.01 MiB download, 0.02 MiB unpacked):",
      "copying path '\(qemu)' from 'https://cache.lix.systems'...", "building '\(glibc).drv'...",
      "post-build-hook: copying path '\(glibc)' from 'https://c'..."),
    Kind("Nix 2.3's plan of builds", [0, 0, 0], "these derivations will be built:", "  \(qemu).drv"),
    Kind(
      "Nix 2.3's plan of downloads", [0, 0, 0],
      "these paths will be fetched (0.00 MiB download, 0.00 MiB unpacked):", "  \(qemu)"),
    Kind(
      "a resolved derivation", [0, 1, 0],
      "resolved derivation: '\(qemu).drv' -> '\(glibc).drv'...", "building '\(glibc).drv'...",
      "building '\(qemu).drv'..."),
    Kind(
      "a resolved derivation in records", [0, 1, 0],
      "@nix " + record(1, 105, "\"\(qemu).drv\",\"\",1,1"),
      "@nix " + record(2, 111, "\"\(qemu).drv\",\"\(glibc).drv\""),
      "@nix " + record(3, 105, "\"\(glibc).drv\",\"\",1,1")),
    Kind("a plan", [0, 0, 0], "these 3 derivations will be built:"),
    Kind("a plan of one", [0, 0, 0], "this path will be fetched (0.01 MiB download, 0.02 MiB unpacked):"),
    Kind("a closure's copy", [0, 0, 0], "copying 12 paths..."),
    Kind("an error of evaluation", [0, 0, 0], "error: attribute 'x' not found"),
    Kind(
      "an error of evaluation in GitHub's log", [0, 0, 0],
      "2026-05-03T12:00:00.1Z error: attribute 'x' not found"),
    Kind("a dirty tree", [0, 0, 0], "warning: Git tree '/w' is dirty"),
    Kind("a path that is none", [0, 0, 0], "copying path '/nix/store/<hash>-qemu' from 'https://c'..."),
    Kind("nothing", nil),
    Kind("empty lines", nil, "", ""),
    Kind("prose", nil, "these are the days", "this is prose", "copying is allowed", "waiting for Godot"),
    Kind("make", nil, "make: *** [all] Error 2"),
    Kind("steps", nil, "[2/5] building things"),
    Kind("copies without quotes", nil, "copying /nix/store/x from http://c"),
    Kind(
      "Cargo", nil, "   Compiling foo v0.1.0", "warning: unused variable: `x`",
      "error: could not compile `foo` (lib) due to 2 previous errors",
      "    Finished dev [unoptimized] target(s) in 1.2s"),
    Kind(
      "Cargo in a shell of Nix", nil,
      "error: linking with `/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-gcc/bin/cc` failed: exit status: 1"),
    Kind("npm", nil, "npm warn deprecated x@1.0.0: no", "npm error code E404", "added 12 packages in 3s"),
    Kind("a compiler", nil, "x.c:1:2: error: expected ';' before 'y'", "error: 'x' undeclared (first use)"),
    Kind("Go's tests as JSON", nil, #"{"Time":"2026","Action":"run","Package":"x"}"#),
    Kind("another program's records", nil, #"{"action":"start","name":"x"}"#, #"{"action":"deploy"}"#),
  ]

  @Test(arguments: kinds)
  func `is read for what it is`(kind: Kind) {
    let log = Logs.classify(kind.log)
    #expect(Logs.counts(log) == kind.counts)
    for size in [1, 7, 64] { #expect(Logs.classify(Array(kind.log.utf8), inPiecesOf: size) == log) }
  }

  @Test(arguments: [
    "text among records", "a path that is none", "a builder's unmarked records in a log for people",
  ])
  func `says what it does not count`(name: String) {
    let log = Logs.classify(Self.kinds.first { $0.testDescription == name }?.log ?? "")
    #expect(log?.isInconclusive == (name == "a path that is none"))
    #expect(log?.unclear == (name.hasPrefix("a builder's") ? 0 : 1))
  }

  @Test(arguments: [
    ("warning: Git tree '/w' is dirty\n┏━ Dependency Graph:\n", true),
    ("error: attribute 'x' not found\n", false), ("these 3 derivations will be built:\n", false),
    ("@nix {\"action\":\"stop\",\"id\":1}\n", false),
    ("@nix {\"action\":\"stop\",\"id\":1}\n@nix {\"action\":\"st", true),
  ])
  func `is inconclusive where nothing says what Nix did`(log: String, isInconclusive: Bool) {
    #expect(Logs.classify(log)?.isInconclusive == isInconclusive)
  }

  @Test func `is internal-json only where all that counts is`() {
    let formats = [
      "records before lines for people": LogFormat.human, "lines for people before records": .human,
      "the file of json-log-path": .internalJSON, "text among records": .internalJSON,
      "nix log first": .human,
      "a warning before the first record": .internalJSON,
      "a byte order mark before records": .internalJSON,
    ]
    for kind in Self.kinds {
      guard let format = formats[kind.testDescription] else { continue }
      #expect(Logs.classify(kind.log)?.format == format, "\(kind.testDescription)")
    }
  }
}

@Suite struct `A copy that failed` {
  private static let copy = "copying path '\(qemu)' from 'https://a'..."
  private static let more = "copying path '\(glibc)' from 'https://a'..."
  private static let missing = "warning: file 'nar/1h6y.nar.xz' does not exist in binary cache 'https://a'"
  private static let required =
    "error: path '\(qemu)' is required, but there is no substituter that can build it"

  static let kinds = [
    Kind("hash mismatch", [0, 0, 0], copy, "error: hash mismatch importing path '\(qemu)';", "  got: x"),
    Kind(
      "hash mismatch among others", [1, 0, 0],
      copy, more, "error: hash mismatch importing path '\(qemu)';"),
    Kind("the archive is missing", [0, 0, 0], copy, missing, required),
    Kind("the archive is missing, and Nix gives up by name", [1, 0, 0], copy, more, missing, required),
    Kind("the archive is missing, and Nix tries again", [1, 0, 0], copy, more, missing, copy, missing),
    Kind(
      "the archive is missing, and Nix builds it", [1, 1, 0],
      copy, more, missing, "building '/nix/store/6v7n9msydgzwy9cd411qfmkcs0vab7ad-qemu-10.0.2.drv'..."),
    Kind(
      "the archive is missing, and its address was told", [1, 0, 0],
      copy, "downloading 'https://a/nar/1h6y.nar.xz'...", more, "downloading 'https://a/nar/2.nar.xz'...",
      missing),
    Kind(
      "the archive is missing in a cache of files", [0, 0, 0],
      "copying path '\(qemu)' from 'file:///c'...",
      "error: file 'nar/1h6y.nar.xz' does not exist in binary cache"),
    Kind(
      "another cache has it", [1, 0, 0],
      copy, missing, "copying path '\(qemu)' from 'https://b'..."),
    Kind(
      "another cache has it after a mismatch", [1, 0, 0],
      copy, "error: hash mismatch importing path '\(qemu)';", "copying path '\(qemu)' from 'https://b'..."),
    Kind(
      "the download failed", [0, 0, 0],
      copy, "error: unable to download 'https://a/nar/1h6y.nar.xz': HTTP error 500"),
    Kind(
      "the download was tried again", [1, 0, 0],
      copy,
      "warning: unable to download 'https://a/nar/1h6y.nar.xz': HTTP error 500; retrying in 288 ms (attempt 1/5)"
    ),
    Kind(
      "another path's narinfo failed", [1, 0, 0],
      copy, "error: unable to download 'https://a/95b1nc1197mbm4hk5fkfa34vlzz4sl6s.narinfo': HTTP error 500"),
    Kind(
      "the archive is damaged", [0, 0, 0],
      copy, "error: Failed to open archive (Lzma library error:  No progress is possible)"),
    Kind(
      "the store refuses it", [0, 0, 0],
      copy, "error: cannot add path '\(qemu)' because it lacks a signature by a trusted key"),
    Kind(
      "a cache that nobody trusts was asked before", [1, 0, 0],
      "warning: ignoring substitute for '\(qemu)' from 'https://b', as it's not signed by any of the keys in "
        + "'trusted-public-keys'", copy),
    Kind(
      "two failed, of three", [1, 0, 0],
      copy, more, "copying path '\(glibc)-bin' from 'https://a'...", missing,
      "warning: file 'nar/2.nar.xz' does not exist in binary cache 'https://a'"),
  ]

  @Test(arguments: kinds)
  func `is not counted, and is shown`(kind: Kind) throws {
    for decorator in Decorator.all.filter(\.isOfOne) {
      let log = try #require(Logs.classify(decorator.log(kind.log.split(separator: "\n").map(String.init))))
      #expect(Logs.counts(log) == kind.counts, "\(decorator.testDescription)")
      let shows = log.events.contains { if case .failure = $0 { true } else { false } }
      let isHarmless = kind.testDescription.hasSuffix("tried again")
      #expect(shows == !isHarmless, "\(log.events)")
      if Logs.counts(log) == [0, 0, 0] { #expect(log.failedCopies == 1) }
    }
  }

  /// Earthly puts another prefix before what fails.
  @Test(arguments: kinds.filter { !$0.testDescription.hasSuffix("damaged") })
  func `is found behind another prefix than its complaint`(kind: Kind) {
    let log = kind.log.split(separator: "\n").map { line in
      line.hasPrefix("error") || line.hasPrefix("warning") ? " +b *failed* | \(line)\n" : " +b | \(line)\n"
    }
    #expect(Logs.counts(Logs.classify(log.joined())) == kind.counts)
  }

  @Test func `is one where its record never ends`() {
    let log = [
      #"{"action":"start","fields":["\#(qemu)","https://c"],"id":1,"parent":0,"type":108}"#,
      #"{"action":"start","fields":["\#(qemu)","https://c","local"],"id":2,"parent":1,"type":100}"#,
    ].map { "@nix \($0)\n" }.joined()
    #expect(Logs.classify(log)?.failedCopies == 1)
    #expect(Logs.classify(log)?.copied == 0)
  }

  @Test func `is told once, and only so many are kept`() {
    let lines = (0..<5000).map { "error: unable to download 'https://a/nar/\($0).nar.xz': HTTP error 500\n" }
    let log = Logs.classify(Self.copy + "\n" + (lines + lines).joined())
    #expect(log?.events.count ?? 0 <= 1001)
  }
}
