import NixModel
import Testing

@testable import Reporting

@Suite struct `Live progress` {
  private let environment = RunnerEnvironment(
    nixVersion: "2.34.8", system: "x86_64-linux", store: "auto", substituters: [],
    trustedKeys: TrustedKeys([]), substitutes: true, meansOfWriting: [])

  /// A survey in which one of two paths is offered, of 3 MiB; one cache is silent.
  private func survey() throws -> Survey {
    let cache = try SubstituterURL(parsing: Make.cache)
    let path = try StorePath(parsing: "/nix/store/ckyh1rcjzww0vijpghi7hj8jka4dnmdl-data-1.0")
    let hash = "10wxd41nz1j9m16l3qyasjdmxq1agfgh8ng3bxxmgxx1snh4bizc"
    let narinfo = try Narinfo(
      parsing: """
        StorePath: \(path)
        URL: nar/x.nar
        NarHash: sha256:\(hash)
        NarSize: 3145728
        References: 
        CA: fixed:r:sha256:\(hash)

        """, for: path)
    let verified = try #require(VerifiedNarinfo(narinfo, trusting: TrustedKeys([])))
    return Survey(
      caches: [
        .init(url: cache, state: .open(priority: 41)),
        .init(url: try SubstituterURL(parsing: Make.upstream), state: .unreachable("refused")),
      ],
      answers: [
        path: [.init(cache: cache, kind: .offered(verified, nar: .present(size: nil)))],
        try Make.path("b", "other"): [.init(cache: cache, kind: .absent)],
      ])
  }

  private func log(_ kind: LogEvent.Kind) -> ProgressEvent { .log(LogEvent(line: 1, kind: kind)) }

  @Test func `each phase says what is awaited`() throws {
    var progress = LiveProgress(targets: 2)
    #expect(progress.render(width: 80, now: .zero) == ["0:00  looking at the runner"])
    progress.note(.environment(environment), at: .seconds(1))
    #expect(progress.render(width: 80, now: .seconds(1)) == ["0:01  evaluating 2 targets"])
    progress.note(.resolved([], []), at: .seconds(60))
    #expect(progress.render(width: 80, now: .seconds(61)) == ["1:01  asking the caches"])
    progress.note(.surveyed(try survey()), at: .seconds(62))
    #expect(
      progress.render(width: 120, now: .seconds(62)) == [
        "1:02  the caches offer 1 of 2 paths, 3.0 MiB unpacked, 1 cache did not answer (\(Make.upstream))"
      ])
    progress.note(.realizing, at: .seconds(62))
    #expect(
      progress.render(width: 120, now: .seconds(3723)) == [
        "1:02:03  0 of 1 copied, no answer from \(Make.upstream)"
      ])
  }

  @Test func `copies are shown with bytes, rate and origin, builds before them`() throws {
    var progress = LiveProgress(targets: 1)
    let path = try Make.path("a", "libguestfs-1.54.1")
    let other = try Make.path("b", "qemu-10.1")
    progress.note(.realizing, at: .zero)
    progress.note(log(.copyStarted(path: other, from: Make.upstream)), at: .zero)
    progress.note(log(.progress(path: other, done: 1024, expected: 1024)), at: .seconds(1))
    progress.note(log(.copyStopped(path: other, from: Make.upstream)), at: .seconds(1))
    progress.note(log(.copyStarted(path: path, from: Make.cache)), at: .seconds(2))
    for second in 2...10 {
      progress.note(
        log(.progress(path: path, done: UInt64(second) << 20, expected: 40 << 20)), at: .seconds(second))
    }
    progress.note(log(.buildStarted(derivation: try Make.path("d", "hello-2.12.drv"))), at: .seconds(10))
    progress.note(
      log(.buildStartedRemotely(derivation: try Make.path("f", "perl-5.40.drv"), machine: "ssh://builder")),
      at: .seconds(10))
    progress.note(
      log(.builderSaid(derivation: try Make.path("d", "hello-2.12.drv"), line: "checking for gcc")),
      at: .seconds(10))
    #expect(
      progress.render(width: 90, now: .seconds(10)) == [
        "0:10  1 copied and 1 under way, 10.0 MiB, 1.0 MiB/s",
        "  building hello-2.12  checking for gcc",
        "  building perl-5.40  on ssh://builder",
        "  copying libguestfs-1.54.1  10.0 MiB of 40.0 MiB  from https://cache.example/main",
      ])
    progress.note(log(.buildStopped(derivation: try Make.path("d", "hello-2.12.drv"))), at: .seconds(11))
    #expect(
      progress.render(width: 30, now: .seconds(11)) == [
        "0:11  1 copied and 1 under wa…", "  building perl-5.40  on ssh:…", "  copying libguestfs-1.54.1  …",
      ])
  }

  @Test func `a rate is known however often Nix reports`() throws {
    var progress = LiveProgress(targets: 1)
    let path = try Make.path("a", "libguestfs-1.54.1")
    progress.note(log(.copyStarted(path: path, from: Make.cache)), at: .zero)
    for tick in 0...2000 {
      progress.note(
        log(.progress(path: path, done: UInt64(tick) * 1024, expected: 0)), at: .milliseconds(tick))
    }
    #expect(progress.rate(at: .seconds(2)) == 1_024_000)
    #expect(progress.rate(at: .seconds(20)) == 0)
  }

  @Test func `a second try takes the first one's success and bytes back`() throws {
    var progress = LiveProgress(targets: 1)
    let path = try Make.path("a", "libguestfs-1.54.1")
    progress.note(.realizing, at: .zero)
    for _ in 1...2 {
      progress.note(log(.copyStarted(path: path, from: Make.cache)), at: .zero)
      progress.note(log(.progress(path: path, done: 512, expected: 0)), at: .zero)
      progress.note(log(.copyStopped(path: path, from: Make.cache)), at: .zero)
    }
    #expect(progress.render(width: 80, now: .zero) == ["0:00  1 copied, 512 B"])
  }

  @Test func `a total that is already exceeded is not named`() throws {
    var progress = LiveProgress(targets: 1)
    progress.note(.surveyed(try survey()), at: .zero)
    progress.note(.realizing, at: .zero)
    for letter in "ab" {
      let path = try Make.path(letter, "p-\(letter)")
      progress.note(log(.copyStarted(path: path, from: "s3://bucket")), at: .zero)
      progress.note(log(.progress(path: path, done: 2 << 20, expected: 2 << 20)), at: .zero)
      progress.note(log(.copyStopped(path: path, from: "s3://bucket")), at: .zero)
    }
    #expect(progress.render(width: 80, now: .zero)[0].hasPrefix("0:00  2 copied, 4.0 MiB, no answer from"))
  }

  @Test func `bytes of what is finished count, and the time that is left follows from them`() throws {
    var progress = LiveProgress(targets: 1)
    let survey = try survey()
    let path = try #require(survey.answers.first { survey.offer(of: $0.key, under: Policy()) != nil }?.key)
    progress.note(.surveyed(survey), at: .zero)
    progress.note(.realizing, at: .zero)
    progress.note(log(.copyStarted(path: path, from: Make.cache)), at: .zero)
    progress.note(log(.progress(path: path, done: 0, expected: 3 << 20)), at: .zero)
    progress.note(log(.progress(path: path, done: 1 << 20, expected: 3 << 20)), at: .seconds(1))
    #expect(
      progress.render(width: 200, now: .seconds(1))[0].contains(
        "0 of 1 copied and 1 under way, 1.0 MiB of 3.0 MiB, 1.0 MiB/s, about 2 s left"))
    // Nix told of no more bytes.
    progress.note(log(.copyStopped(path: path, from: Make.cache)), at: .seconds(2))
    #expect(progress.render(width: 200, now: .seconds(2))[0].contains("1 of 1 copied, 3.0 MiB of 3.0 MiB"))
  }

  @Test func `without a terminal a long silence is broken by a word on what is awaited`() throws {
    var progress = PlainProgress(targets: 1)
    #expect(progress.heartbeat(at: .seconds(29)) == nil)
    #expect(progress.heartbeat(at: .seconds(30)) == "after 30 s: looking at the runner")
    #expect(progress.heartbeat(at: .seconds(31)) == nil)
    _ = progress.lines(for: .realizing, at: .seconds(40))
    _ = progress.lines(
      for: log(.buildStarted(derivation: try Make.path("d", "hello-2.12.drv"))), at: .seconds(50))
    #expect(progress.heartbeat(at: .seconds(79)) == nil)
    #expect(progress.heartbeat(at: .seconds(80)) == "after 1 min 20 s: 0 copied; building hello-2.12")
  }

  @Test func `there are never more than six lines`() throws {
    var progress = LiveProgress(targets: 1)
    progress.note(.realizing, at: .zero)
    for letter in "abcdf" {
      progress.note(
        log(.copyStarted(path: try Make.path(letter, "p-\(letter)"), from: Make.cache)), at: .zero)
    }
    #expect(progress.render(width: 80, now: .zero).count == LiveProgress.maximumHeight)
    progress.note(log(.copyStarted(path: try Make.path("g", "p-g"), from: Make.cache)), at: .zero)
    let lines = progress.render(width: 80, now: .zero)
    #expect(lines.count == LiveProgress.maximumHeight)
    #expect(lines.last == "  and 2 more")
  }

  @Test func `a region is drawn over itself and leaves nothing behind`() {
    var region = LiveRegion()
    #expect(region.clear() == "")
    #expect(region.redraw(["a", "b"]) == "a\nb\n")
    #expect(region.redraw(["c"]) == "\u{1B}[2A\r\u{1B}[Jc\n")
    #expect(region.print(["kept"]) == "\u{1B}[1A\r\u{1B}[Jkept\n")
    #expect(region.redraw(["d"]) == "d\n")
    #expect(region.clear() == "\u{1B}[1A\r\u{1B}[J")
    #expect(region.clear() == "")
  }

  @Test func `without a terminal each thing is said once, and progress is not`() throws {
    var progress = PlainProgress(targets: 1)
    let path = try Make.path("a", "libguestfs-1.54.1")
    let target = Target(installable: try Installable(parsing: "nixpkgs#libguestfs"), resolution: .path(path))
    let events: [ProgressEvent] = [
      .environment(environment),
      .resolved([target], [UnresolvedTarget(installable: target.installable, error: "no")]),
      .surveyed(try survey()), .realizing,
      log(.copyStarted(path: path, from: "https://user:secret@cache.example")),
      log(.progress(path: path, done: 1, expected: 2)),
      log(.copyStopped(path: path, from: Make.cache)),
      log(.copyStarted(path: path, from: "https://user:secret@cache.example")),
      log(.complaint(Complaint(subject: .error, text: "line one\n\u{1B}[31mline two"))),
      log(.buildStarted(derivation: try Make.path("d", "hello-2.12.drv"))),
      log(.buildStartedRemotely(derivation: try Make.path("f", "perl-5.40.drv"), machine: "ssh://builder")),
      log(.builderSaid(derivation: try Make.path("d", "hello-2.12.drv"), line: "checking for gcc")),
      log(.builderSaid(derivation: try Make.path("d", "hello-2.12.drv"), line: "checking for gcc")),
    ]
    #expect(
      events.flatMap { progress.lines(for: $0, at: .zero) } == [
        "Nix 2.34.8, x86_64-linux, 0 substituters",
        "resolved 1 target, 1 output, 1 could not be evaluated",
        "the caches offer 1 of 2 paths, 3.0 MiB unpacked, 1 cache did not answer (\(Make.upstream))",
        "realizing",
        "copying \(path) from https://***@cache.example",
        "Nix says: line one line two",
        "building /nix/store/dddddddddddddddddddddddddddddddd-hello-2.12.drv",
        "building /nix/store/ffffffffffffffffffffffffffffffff-perl-5.40.drv on ssh://builder",
        "hello-2.12> checking for gcc", "hello-2.12> checking for gcc",
      ])
  }
}
