import Foundation
public import NixModel

extension NixProgram {
  /// What `nix build` is asked to bring.
  public enum Goal: Hashable, Sendable {
    /// Outputs of a derivation.
    case outputs([String], of: StorePath)
    /// A path, which Nix can only copy.
    case path(StorePath)
  }

  /// What Nix may do beyond copying.
  public enum Leave: Hashable, Sendable {
    /// It may build; other goals go on where one fails, if `keepGoing`.
    case build(keepGoing: Bool)
    /// It gets no build slots and no builders.
    case copyOnly
  }

  /// Runs `nix build` and reads its log as it streams.
  ///
  /// - Parameters:
  ///   - lines: how many lines the run's log has so far; these are counted on.
  ///   - reportsProgress: whether to tell of bytes that have arrived, which is most of what Nix logs.
  ///   - event: told each event as it comes; a derivation in return ends Nix.
  /// - Returns: the log and how Nix ended; progress is not kept.
  public func realize(
    _ goals: [Goal], _ leave: Leave, after lines: Int, reportsProgress: Bool,
    event: @escaping @Sendable (LogEvent) -> StorePath?
  ) async -> LogTestimony {
    var log: LogTestimony?
    for arguments in commands(for: goals, leave) {
      let part = await build(
        arguments,
        Hearing.Manner(after: lines + (log?.lines ?? 0), reportsProgress: reportsProgress, event: event))
      // The first failure is the whole's.
      let failure = log.flatMap { $0.ending == .exited(code: 0) ? nil : $0.ending }
      let whole = log?.continued(by: part).ending(failure ?? part.ending) ?? part
      log = whole
      guard part.ending == .exited(code: 0) || leave == .build(keepGoing: true) || leave == .copyOnly else {
        break
      }
    }
    return log ?? .silent
  }

  private func build(_ arguments: [String], _ manner: Hearing.Manner) async -> LogTestimony {
    // A narinfo cache of the run's own: the user's may remember a path as missing that has been published
    // since, or an address of a cache that has changed its mind about priorities.
    let memory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: memory) }
    return await launcher.hear(
      arguments, limit: 0,
      environment: ["XDG_CACHE_HOME": memory.path, "NIX_CACHE_HOME": memory.path + "/nix"], manner
    ).log
  }

  /// The commands that bring `goals`: one, but for Nix before 2.15, which knows no `….drv^out`.
  ///
  /// There, a derivation imported from the store gives a value whose attributes are its outputs, and
  /// nothing is evaluated again.
  func commands(for goals: [Goal], _ leave: Leave) -> [[String]] {
    var options = ["build", "--no-link", "-v"] + store
    switch leave {
    case .build(let keepGoing): if keepGoing { options.append("--keep-going") }
    case .copyOnly: options += ["--keep-going", "--max-jobs", "0", "--builders", ""]
    }
    var installables: [String] = []
    var selections: [String] = []
    for goal in goals {
      switch goal {
      case .path(let path): installables.append(path.description)
      case .outputs(let names, let derivation):
        if version >= NixVersion(2, 15) {
          installables.append("\(derivation)^\(names.joined(separator: ","))")
        } else {
          selections += names.map { "(import \(derivation)).\"\($0)\"" }
        }
      }
    }
    var commands: [[String]] = []
    if !installables.isEmpty { commands.append(options + installables) }
    if !selections.isEmpty {
      commands.append(options + ["--impure", "--expr", "[ \(selections.joined(separator: " ")) ]"])
    }
    return commands
  }
}
