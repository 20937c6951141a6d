import NixLog
import NixModel
import TestSupport
import Testing

/// What loggers, CIs and containers put before each line of a log.
struct Decorator: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Whether all lines of one Nix are of one shape.
  let isOfOne: Bool
  /// A line as the logger writes it, its number and its text given.
  let decorate: @Sendable (Int, String) -> String

  init(_ name: String, isOfOne: Bool = true, _ decorate: @escaping @Sendable (Int, String) -> String) {
    testDescription = name
    self.isOfOne = isOfOne
    self.decorate = decorate
  }

  func log(_ lines: [String]) -> String {
    lines.enumerated().map { decorate($0, $1) + "\n" }.joined()
  }

  private static func clock(_ line: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(4 + line / 3600)):\(two(line / 60 % 60)):\(two(line % 60))"
  }

  static let all = [
    Decorator("nothing") { $1 },
    Decorator("carriage returns") { "\($1)\r" },
    Decorator("systemd's priority") { "<3>\($1)" },
    Decorator("GitHub's time") { "2026-04-21T\(clock($0)).967314\($0 % 10)Z \($1)" },
    Decorator("gh run view --log") {
      "build\tBuild with Nix\t2026-04-21T\(clock($0)).967314\($0 % 10)Z \($1)"
    },
    Decorator("gh run view --log, with byte order marks") {
      "build (x86_64-linux)\tRun nix build\t\($0 % 3 == 0 ? "\u{FEFF}" : "")2026-04-21T\(clock($0)).9Z \($1)"
    },
    Decorator("gh run view --log of several jobs", isOfOne: false) {
      "\(["build", "test (1, a)", "lint it"][$0 % 3])\tstep \($0 % 2)\t2026-04-21T\(clock($0)).9Z \($1)"
    },
    Decorator("BuildKit") { "#9 \($0 / 10).\($0 % 10)3 \($1)" },
    Decorator("BuildKit, many steps") { "#\(8 + $0 % 5) \($0).93 \($1)" },
    Decorator("BuildKit on GitHub") { "2026-04-21T\(clock($0)).1234567Z #12 \($0).5 \($1)" },
    Decorator("journald, short") { "Apr 21 \(clock($0)) ci nix-daemon[\(90 + $0)]: \($1)" },
    Decorator("journald, early in the month") { "Apr  1 \(clock($0)) ci-7 nix[12]: \($1)" },
    Decorator("journald, short-iso") { "2026-04-21T\(clock($0))+0200 ci run-u\($0)[12]: \($1)" },
    Decorator("journald, short-monotonic") {
      "[\(String(repeating: " ", count: 4 - "\($0)".count))\($0).123456] ci nix[1]: \($1)"
    },
    Decorator("journald, short-unix") { "17136711\(10 + $0).123456 ci nix[12]: \($1)" },
    Decorator("kubectl logs --prefix") { "[pod/prewarm-x7k2p/nix] \($1)" },
    Decorator("kubectl logs --prefix --timestamps") { "[pod/prewarm/nix] 2026-04-21T\(clock($0)).5Z \($1)" },
    Decorator("stern") { "prewarm-7d9f8 nix\($0 % 2) \($1)" },
    Decorator("stern, coloured") { "\u{1B}[36mprewarm-x7k2p\u{1B}[0m \u{1B}[32mnix\u{1B}[0m \($1)" },
    Decorator("act") { "[CI/build]   | \($1)" },
    Decorator("act, coloured") { "\u{1B}[33m[CI/build (1)]\u{1B}[0m   | \($1)" },
    Decorator("Buildkite") { "\u{1B}_bk;t=17136711399\(10 + $0 % 90)\u{7}\($1)" },
    Decorator("Buildkite, its escape lost") { "_bk;t=17136711399\(10 + $0 % 90)\u{7}\($1)" },
    Decorator("Jenkins' timestamper") { "[2026-04-21T\(clock($0)).967Z] \($1)" },
    Decorator("Jenkins' timestamper, short") { "\(clock($0))  \($1)" },
    Decorator("TeamCity") { "[\(clock($0))]W:\t [Step 1/2] \($1)" },
    Decorator("TeamCity, normal messages") { "[\(clock($0))] :\t [Step 1/2] \($1)" },
    Decorator("Earthly") { "              +build | \($1)" },
    Decorator("Earthly, coloured") { "\u{1B}[36m./nix+build\u{1B}[0m | \($1)" },
    Decorator("ts") { "Apr 21 \(clock($0)) \($1)" },
    Decorator("ts -s '%.s'") { "\($0).123456 \($1)" },
    Decorator("docker compose") { "\(["web-1    ", "worker-12"][$0 % 2])  | \($1)" },
    Decorator("docker compose, coloured") { "\u{1B}[\(33 + $0 % 2)mnix-1  | \u{1B}[0m\($1)" },
    Decorator("docker logs -t") { "2026-04-21T\(clock($0)).123456789Z \($1)" },
    Decorator("colmena", isOfOne: false) { "\(["  alpha", "beta-02", " gamma1"][$0 % 3]) | \($1)" },
    Decorator("Tekton") { "[build : nix-build] \($1)" },
    Decorator("Azure") { "2026-04-21T\(clock($0)).9673140Z \($1)\r" },
    Decorator("syslog") { "<30>Apr 21 \(clock($0)) ci nix[\($0)]: \($1)" },
    Decorator("Packer") { "    qemu.x: \($1)" },
    Decorator("Terraform") { "null_resource.nix (local-exec): \($1)" },
    Decorator("concurrently") { "[\($0 % 2)] \($1)" },
    Decorator("Python's logging") { "2026-05-03 \(clock($0)),123 INFO \($1)" },
    Decorator("GitLab's time") { "2026-05-03T\(clock($0)).123456Z 00\($0 % 2 == 0 ? "O" : "E") \($1)" },
    Decorator("indentation") { "    \($1)" },
    Decorator("a progress bar") { "[\($0)/9 built]\r\u{1B}[K\u{1B}[1m\($1)\u{1B}[0m" },
    Decorator("a progress bar behind a time") { "[\(clock($0))] [\($0)/9 built]\r\u{1B}[K\($1)\u{1B}[0m\r" },
  ]
}

@Suite struct `A prefix` {
  private static let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
  private static let other = "/nix/store/dpyk2d6fwschda254113hba1r9944s6w-libguestfs-1.54.1"

  /// Three logs, records and text: the copies of one, a failed one, and one with other lines between.
  private static let logs: [(lines: [String], counts: [Int])] = [
    (
      [
        "unpacking sources", "copying path '\(path)' from 'https://cache.nixos.org'...", "  CC  x.o",
        "building '\(other).drv'...", "warning: unused variable",
      ], [1, 1, 0]
    )
  ]

  @Test(arguments: Decorator.all.filter(\.isOfOne))
  func `of any kind stands before recorded logs`(decorator: Decorator) throws {
    for (file, counts) in [
      ("2.34.8/warm.json", [4, 0, 0]), ("2.8.0/missing-nar.json", [3, 1, 0]),
      ("2.34.8/wrong-nar.json", [1, 0, 0]),
      ("2.34.8/missing-nar.txt", [2, 2, 0]), ("2.26.3/warm.txt", [4, 0, 0]), ("2.3.7/warm.txt", [4, 0, 0]),
      ("2.34.8/wrong-nar.txt", [1, 0, 0]), ("2.26.3/built-remotely.txt", [0, 0, 1]),
    ] {
      let text = String(decoding: try Logs.fixture(file), as: UTF8.self)
      let log = Logs.classify(decorator.log(text.split(separator: "\n").map(String.init)))
      #expect(Logs.counts(log) == counts, "\(file)")
      #expect(log?.unclear == 0, "\(file)")
      #expect(log?.format == (file.hasSuffix("json") ? .internalJSON : .human), "\(file)")
      #expect(log?.failedCopies == (file.contains("-nar") ? 1 : 0), "\(file)")
    }
  }

  @Test(arguments: Decorator.all)
  func `of any kind stands before a few lines among others`(decorator: Decorator) {
    for (lines, counts) in Self.logs {
      #expect(Logs.counts(Logs.classify(decorator.log(lines))) == counts)
    }
    let copy = "copying path '\(Self.path)' from 'ssh-ng://nix@192.0.2.99'..."
    #expect(Logs.counts(Logs.classify(decorator.log([copy]))) == [1, 0, 0])
  }

  /// What somebody else says in Nix's words, on this log's own lines.
  @Test(
    arguments: Decorator.all,
    [
      "qemu> ", "qemu (post)> ", "post-build-hook: ", "       > ", "machine # ",
      "machine # [    5.1] nix[12]: ",
      "  ", "echo \"", "unnamed> ", "vm-test-run-x> machine # ",
    ])
  func `of a builder, a hook or a test makes nothing Nix's`(decorator: Decorator, mark: String) {
    let nix = ["building '\(Self.other).drv'...", "copying path '\(Self.other)' from 'https://c'..."]
    let forged = (0..<9).map { "\(mark)copying path '\(Self.path)-\($0)' from 'https://cache.nixos.org'..." }
    #expect(Logs.counts(Logs.classify(decorator.log(nix + forged + nix))) == [1, 1, 0])
    let record =
      "\(mark)@nix {\"action\":\"start\",\"fields\":[\"\(Self.path).drv\",\"\",1,1],\"id\":1,\"type\":105}"
    if !mark.allSatisfy(\.isWhitespace) {
      #expect(Logs.counts(Logs.classify(decorator.log(nix + [record] + nix))) == [1, 1, 0])
      #expect(Logs.classify(decorator.log(mark.hasSuffix("\"") ? [] : forged)) == nil)
    }
  }

  @Test(arguments: ["[1/2] ", "test: ", "(a b) "])
  func `behind which only some of Nix's words stand is not the log's, and that is said`(mark: String) {
    let nix = (0..<4).map { "copying path '\(Self.other)-\($0)' from 'https://c'..." }
    let others = (0..<9).map { "\(mark)copying path '\(Self.path)-\($0)' from 'https://c'..." }
    let log = Logs.classify((nix + others).joined(separator: "\n"))
    #expect(Logs.counts(log) == [4, 0, 0])
    #expect(log?.unclear == 9)
  }

  @Test func `of a logger is one even where it begins in the middle`() {
    let lines = ["copying path '\(Self.path)' from 'https://c'...", "building '\(Self.other).drv'..."]
    for decorator in ["GitHub's time", "BuildKit", "docker compose", "ts", "act"] {
      guard let decorator = Decorator.all.first(where: { $0.testDescription == decorator }) else { continue }
      let log = lines[0] + "\n" + decorator.log([lines[1]])
      #expect(Logs.counts(Logs.classify(log)) == [1, 1, 0], "\(decorator.testDescription)")
    }
  }

  @Test func `can be of more shapes than are told apart, and that is said`() {
    let logs = (0..<99).map { number in
      String(repeating: "a ", count: 1 + number % 10) + String(repeating: "[", count: 1 + number / 10)
        + " copying path '\(Self.path)-\(number)' from 'https://c'..."
    }
    let log = Logs.classify(logs.joined(separator: "\n"))
    #expect(log.map { $0.copied + $0.unclear } == 99)
    #expect(log?.copied ?? 0 > 0)
  }
}
