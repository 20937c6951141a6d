import Foundation
import Machine
import NixCommand
import NixModel
import Subprocess
import Synchronization
import SystemPackage

/// Pushes with Attic's client, which gets its token from a file of its own: `attic login` would take it as an argument,
/// for all to see.
final class AtticBackend: Backend {
  private let server: Destination.AtticServer
  private let client: String
  private let home: String
  private let supervision: [String]
  private let say: @Sendable (String) -> Void
  private let speech = Mutex(AtticSpeech())
  private let watcher = Mutex(Watcher())

  /// `attic watch-store`, which pushes paths as they become valid, so that build-time paths stream out. It is a help, and
  /// no more: it keeps its queue in memory, so the receipt stands on the pushes that follow.
  private struct Watcher {
    var task: Task<Void, Never>?
    /// The session that it runs in, once it was started.
    var session: Int32?
    /// How it ended by itself.
    var ending: String?
    var isMissed = false
    var speech = AtticSpeech()
  }

  /// - Parameters:
  ///   - client: the program.
  ///   - home: a directory that only this user can read.
  ///   - supervision: the command in front of the client's.
  init(
    _ server: Destination.AtticServer, client: String, home: String, supervision: [String],
    say: @escaping @Sendable (String) -> Void
  ) {
    (self.server, self.client, self.home) = (server, client, home)
    (self.supervision, self.say) = (supervision, say)
  }

  var sent: Set<StorePath> {
    speech.withLock(\.sent).union(watcher.withLock(\.speech.sent))
  }

  // MARK: The client

  /// Writes the client's settings, and begins to watch the store.
  func begin() async throws(Impossible) -> [PublicationFault] {
    do {
      try FileManager.default.createDirectory(
        atPath: "\(home)/attic", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      // The client joins its paths to the endpoint as URLs are joined: without the slash, a server below a path would
      // lose that. None of these texts has a quote or a backslash in it.
      let settings = """
        default-server = "\(server.alias)"
        [servers."\(server.alias)"]
        endpoint = "\(server.url.canonical)/"
        token-file = "\(home)/token"

        """
      try settings.write(toFile: "\(home)/attic/config.toml", atomically: false, encoding: .utf8)
      try server.token.write(to: "\(home)/token")
    } catch {
      throw Impossible(
        .clientMissing,
        "the settings of Attic's client cannot be written below \(home): \(error.localizedDescription); is it full?"
      )
    }
    let task = Task { [self] in
      let ending = await run(
        ["watch-store"], started: { [self] session in watcher.withLock { $0.session = session } },
        hearing: { [self] line in watcher.withLock { $0.speech.hear(line) } })
      watcher.withLock { $0.ending = ending }
    }
    watcher.withLock { $0.task = task }
    // What is built before it watches would be missed.
    for _ in 0..<100 {
      if watcher.withLock({ $0.speech.isWatching || $0.ending != nil }) || Task.isCancelled { break }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return faultsBeside()
  }

  func push(_ paths: [StorePath]) async -> PushOutcome {
    await Perseverance.standard.push(saying: say) {
      for start in stride(from: 0, to: paths.count, by: Self.mostPathsAtOnce) {
        let some = paths[start..<min(start + Self.mostPathsAtOnce, paths.count)]
        let heard = Mutex(AtticSpeech())
        let ending = await run(["push"], some.map(\.description)) { [self] line in
          heard.withLock { $0.hear(line) }
          speech.withLock { $0.hear(line) }
          say(line)
        }
        if let ending { return PushOutcome(failure: heard.withLock { $0.failure(ending) }) }
      }
      return PushOutcome()
    }
  }

  /// As many as fit into its arguments.
  private static let mostPathsAtOnce = 4000

  /// Runs the client to its end.
  ///
  /// - Returns: how it ended, in words such as `exit code 1`; `nil` where that was in order.
  private func run(
    _ command: [String], _ paths: [String] = [], started: @escaping @Sendable (Int32) -> Void = { _ in },
    hearing hear: @escaping @Sendable (String) -> Void
  ) async -> String? {
    let variables = ProcessInfo.processInfo.environment
    let settings = variables["XDG_CONFIG_HOME"] ?? "\(variables["HOME"] ?? "")/.config"
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(15))]
    let filter = server.ignoresUpstreamFilter ? ["--ignore-upstream-cache-filter"] : []
    let whole = supervision + [client] + command + filter + [server.reference] + paths
    let configuration = Configuration(
      executable: .path(FilePath(whole[0])), arguments: Arguments(Array(whole.dropFirst())),
      environment: .inherit.updating([
        // The user's settings for Nix would follow the home, so they are named.
        "NIX_USER_CONF_FILES": variables["NIX_USER_CONF_FILES"] ?? "\(settings)/nix/nix.conf",
        "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home,
      ]), platformOptions: options)
    do {
      let outcome = try await Subprocess.run(
        configuration, input: .inputWriter, output: .sequence, error: .combinedWithOutput
      ) { execution in
        started(execution.processIdentifier.value)
        for try await line in execution.standardOutput.strings() { hear(line.plainText) }
      }
      switch outcome.terminationStatus {
      case .exited(0): return nil
      case .exited(let code): return "exit code \(code)"
      case .signaled(let number): return signalPhrase(number)
      }
    } catch is CancellationError { return "ended by us" } catch { return Redaction.redact("\(error)") }
  }

  // MARK: Beside the builds

  func faultsBeside() -> [PublicationFault] {
    let death = watcher.withLock { watcher -> (ending: String, said: [String])? in
      guard let task = watcher.task, let ending = watcher.ending, !watcher.isMissed, !task.isCancelled else {
        return nil
      }
      watcher.isMissed = true
      return (ending, watcher.speech.tail.suffix(5))
    }
    guard let death else { return [] }
    return [
      PublicationFault(
        .watchStoreDied, path: nil, isFatal: false,
        "attic watch-store ended by itself (\(death.ending)), so what is built on the way does not stream out; what is asked for is pushed all the same. It said: \(death.said.isEmpty ? "nothing" : death.said.joined(separator: "\n"))"
      )
    ]
  }

  func end(patiently isPatient: Bool) async {
    guard let task = watcher.withLock(\.task) else { return }
    if isPatient { await drain() }
    task.cancel()
    await task.value
  }

  /// Gives the watcher time to push what it has in its queue: at most two minutes, as long as it does something.
  private func drain() async {
    func activity() -> (UInt64, Int)? {
      let (session, lines, hasEnded) = watcher.withLock { ($0.session, $0.speech.lines, $0.ending != nil) }
      guard let session, !hasEnded else { return nil }
      return (SessionActivity.ticks(of: session), lines)
    }
    var idle = 0
    for _ in 0..<240 where idle < 4 {
      let before = activity()
      try? await Task.sleep(for: .milliseconds(500))
      guard let before, let after = activity(), !Task.isCancelled else { return }
      idle = before == after ? idle + 1 : 0
    }
  }

  func publishLogs(of derivations: [StorePath]) -> [PublicationFault] { [] }
}

extension AtticBackend {
  /// Attic's client: the one in `PATH`, else that of nixpkgs.
  ///
  /// - Throws: ``Impossible`` where there is none.
  static func client(
    _ program: NixProgram, nixpkgs: String, linkedAt link: String, _ tools: Publisher.Tools
  ) async throws(Impossible) -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    func there(_ folders: [String]) -> String? {
      folders.map { "\($0)/attic" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    if let found = there(folders.map(String.init)) { return found }
    let installable = Installable.flake(reference: nixpkgs, attribute: "attic-client", outputs: .selected)
    tools.say("there is no attic in PATH: building \(installable)")
    let target = await program.resolve([installable], event: tools.hear).targets.first
    if let target, let goal = target.goal,
      await program.build(goal, linkedAt: link, reportsProgress: tools.showsProgress, event: tools.hear)
        .isSuccess,
      let built = there(target.outputs.map { "\($0.path)/bin" })
    {
      return built
    }
    throw Impossible(
      .clientMissing, "there is no attic here, and \(installable) could not be built; install attic-client")
  }
}
