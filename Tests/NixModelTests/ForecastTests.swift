import NixModel
import TestSupport
import Testing

/// A forecast from what caches answered: `top` refers to `middle`, and that to `base`.
@Suite struct `A forecast` {
  private let key = LabKey("lab-1")
  private let top: StorePath
  private let middle: StorePath
  private let base: StorePath
  private let main: SubstituterURL
  private let other: SubstituterURL

  init() throws {
    top = try Make.path("top-1.0")
    middle = try Make.path("middle-1.0")
    base = try Make.path("base-1.0")
    main = try SubstituterURL(parsing: "https://cache.example/main")
    other = try SubstituterURL(parsing: "https://other.example")
  }

  private func references(of path: StorePath) -> [StorePath] {
    path == top ? [middle] : path == middle ? [base, middle] : []
  }

  private func offer(
    _ path: StorePath, nar: Survey.NarPresence = .notAsked, size: UInt64 = 1000
  ) throws -> Survey.Answer.Kind {
    let narinfo = try Make.narinfo(path, references: references(of: path), narSize: size, signedBy: [key])
    let verified = VerifiedNarinfo(narinfo, trusting: TrustedKeys([try key.trusted()]))
    return .offered(try #require(verified), nar: nar)
  }

  /// What `main` answers: all of it, but for what is said otherwise.
  private func survey(
    _ faults: [StorePath: Survey.Answer.Kind] = [:], beside: [StorePath: Survey.Answer.Kind] = [:]
  ) throws -> Survey {
    var answers: [StorePath: [Survey.Answer]] = [:]
    for path in [top, middle, base] {
      answers[path] = [Survey.Answer(cache: main, kind: try faults[path] ?? offer(path))]
      if let kind = beside[path] { answers[path]?.append(Survey.Answer(cache: other, kind: kind)) }
    }
    let caches = (beside.isEmpty ? [main] : [main, other]).map {
      Survey.Cache(url: $0, state: .open(priority: 40))
    }
    return Survey(caches: caches, answers: answers)
  }

  private func forecast(_ survey: Survey, expecting: [SubstituterURL] = []) -> Forecast {
    Forecast(of: [top], from: survey, under: Policy(expectFrom: expecting))
  }

  @Test func `is yes where all of it is offered, and counts it`() throws {
    let forecast = forecast(try survey())
    #expect(forecast.answer == .yes)
    #expect((forecast.paths, forecast.available) == (3, 3))
    #expect((forecast.sizes.download, forecast.sizes.nar) == (180, 3000))
    #expect((forecast.sizes.undeclared, forecast.sizes.lacking, forecast.sizes.unknown) == (0, 0, 0))
    #expect(forecast.lacks.isEmpty && forecast.affected == 0 && forecast.affectedRoots.isEmpty)
    #expect(forecast.caches.map(\.chosen) == [3])
  }

  @Test func `adds up sizes that no archive can have`() throws {
    let huge = try offer(base, size: .max)
    #expect(forecast(try survey([base: huge])).sizes.nar == .max)
  }

  @Test func `is about the named paths alone where it is not recursive`() throws {
    let forecast = Forecast(of: [top], isRecursive: false, from: try survey([base: .absent]), under: Policy())
    #expect(forecast.answer == .yes)
    #expect(forecast.paths == 1)
  }

  @Test func `names what is missing, what needs it, and what else depends on it`() throws {
    let forecast = forecast(try survey([base: .absent]))
    #expect(forecast.answer == .no)
    #expect((forecast.paths, forecast.available, forecast.affected) == (3, 2, 3))
    #expect(forecast.lacks.map(\.path) == [base])
    #expect(forecast.lacks.map(\.kind) == [.missing])
    #expect(forecast.lacks.map(\.neededBy) == [middle])
    #expect(forecast.lacks.map(\.referrers) == [[middle]])
    #expect(forecast.affectedRoots == [top])
    #expect(forecast.sizes.unknown == 1)
  }

  @Test func `does not know what lies behind a path that nobody offers`() throws {
    let forecast = forecast(try survey([middle: .absent]))
    #expect(forecast.paths == 2)
    #expect(forecast.lacks.map(\.path) == [middle])
  }

  @Test func `takes the size in the cache where that was asked`() throws {
    let forecast = forecast(try survey([base: try offer(base, nar: .present(size: 500))]))
    #expect(forecast.sizes.download == 60 + 60 + 500)
  }

  @Test func `says what is in the way`() throws {
    let narinfo = try Make.narinfo(base, narSize: 700, signedBy: [LabKey("stranger-1")])
    let flaw = NarinfoError(line: 1, flaw: .missing("NarHash"))
    let elsewhere = NarinfoError(line: nil, flaw: .elsewhere(url: "https://x/y"))
    let cases: [(Survey.Answer.Kind, Lack.Kind, Answer)] = [
      (.untrusted(narinfo), .untrusted(cache: main, signers: ["stranger-1"]), .no),
      (
        try offer(base, nar: .missing(status: 404)),
        .narMissing(cache: main, file: "nar/\(base.hashPart).nar.xz"), .no
      ),
      (try offer(base, nar: .refused(status: 403)), .refused(cache: main, status: 403), .no),
      (.refused(status: 401), .refused(cache: main, status: 401), .no),
      (.invalid(flaw), .invalid(cache: main, flaw), .no),
      (.invalid(elsewhere), .invalid(cache: main, elsewhere), .unknown),
      (.failed(.status(500)), .unanswered([main]), .unknown),
      (try offer(base, nar: .failed(.status(500))), .unanswered([main]), .unknown),
    ]
    for (answer, kind, expected) in cases {
      let forecast = forecast(try survey([base: answer]))
      #expect(forecast.lacks.map(\.kind) == [kind])
      #expect(forecast.answer == expected, "\(kind)")
    }
    #expect(forecast(try survey([base: .untrusted(narinfo)])).sizes.lacking == 700)
  }

  @Test func `goes on to the next cache, as Nix does`() throws {
    let forecast = forecast(try survey([base: .absent], beside: [base: try offer(base)]))
    #expect(forecast.answer == .yes)
    #expect(forecast.caches.map(\.chosen) == [2, 1])
    #expect(forecast.caches.map(\.offered) == [2, 1])
    #expect(forecast.caches.map(\.absent) == [1, 0])
  }

  @Test func `counts no cache that is not accepted`() throws {
    let survey = try survey([base: .absent], beside: [base: try offer(base)])
    let forecast = forecast(survey, expecting: [main])
    #expect(forecast.answer == .no)
    #expect(forecast.caches.map(\.isAccepted) == [true, false])
    #expect(forecast.caches.map(\.chosen) == [2, 0])
  }

  @Test func `is unknown while a cache that could have it is silent`() throws {
    var survey = try survey([base: .absent])
    survey.caches.append(Survey.Cache(url: other, state: .unreachable("nobody listens there")))
    #expect(forecast(survey).answer == .unknown)
    #expect(forecast(survey).lacks.map(\.kind) == [.unanswered([other])])
    // What one cache offers needs no word from the other.
    var whole = try self.survey()
    whole.caches.append(Survey.Cache(url: other, state: .unreachable("nobody listens there")))
    #expect(forecast(whole).answer == .yes)
  }

  @Test func `is no where there is nobody to ask, and unknown where nothing was resolved`() throws {
    #expect(forecast(Survey(answers: [top: []])).answer == .no)
    let target = UnresolvedTarget(
      installable: .flake(reference: ".", attribute: "x", outputs: .selected), error: "no such attribute")
    #expect(Forecast(of: [], unresolved: [target], from: Survey(), under: Policy()).answer == .unknown)
    let half = Forecast(of: [top], unresolved: [target], from: try survey(), under: Policy())
    #expect(half.answer == .unknown)
  }
}
