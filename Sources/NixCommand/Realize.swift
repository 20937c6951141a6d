import Foundation
public import NixModel

extension NixProgram {
  /// Runs `nix build` and reads its log as it streams.
  ///
  /// - Parameters:
  ///   - reportsProgress: whether to tell of bytes that have arrived, which most lines of Nix's log are about.
  ///   - reportsBuilders: whether to tell what builders print.
  ///   - event: told each event as it comes.
  /// - Returns: the log, without progress, how Nix ended, and how long it took.
  public func realize(
    _ request: Realization, reportsProgress: Bool, reportsBuilders: Bool = false, event: @escaping Listener
  ) async -> LogTestimony {
    let watch = StopWatch()
    var log: LogTestimony?
    for arguments in commands(for: request) {
      let part = await build(
        arguments,
        Hearing.Manner(
          after: request.after + (log?.lines ?? 0), reportsProgress: reportsProgress,
          reportsBuilders: reportsBuilders
        ) { found in
          watch.note(found)
          return event(found)
        })
      // The first failure is the whole's.
      let failure = log.flatMap { $0.ending == .exited(code: 0) ? nil : $0.ending }
      let whole = log?.continued(by: part).ending(failure ?? part.ending) ?? part
      log = whole
      guard part.ending == .exited(code: 0) || request.builds != .stop else { break }
    }
    return (log ?? .silent).taking(watch.taken().naming(substituters))
  }

  private func build(_ arguments: [String], _ manner: Hearing.Manner) async -> LogTestimony {
    let answer = await forgetful(arguments, manner)
    answer.part?.finish()
    return answer.log
  }

  /// Runs a command with a narinfo cache of its own: the user's may remember a path as missing that has been published
  /// since, as present that is gone since, or an address of a cache that has changed its mind about priorities.
  func forgetful(
    _ arguments: [String], limit: Int = 0, _ manner: Hearing.Manner = Hearing.Manner()
  ) async -> CommandResult {
    let memory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: memory) }
    return await launcher.hear(
      arguments, limit: limit,
      environment: ["XDG_CACHE_HOME": memory.path, "NIX_CACHE_HOME": memory.path + "/nix"], manner)
  }

  /// The commands that bring the goals: one, but for Nix before 2.15, which knows no `….drv^out`.
  ///
  /// There, a derivation imported from the store gives a value whose attributes are its outputs, and
  /// nothing is evaluated again.
  ///
  /// - Parameter link: where a link keeps the outputs from the garbage collector; `nil` for none.
  func commands(for request: Realization, linkedAt link: String? = nil) -> [[String]] {
    var options = ["build"] + (link.map { ["--out-link", $0] } ?? ["--no-link"]) + ["-v"] + store
    switch request.builds {
    case .stop: break
    case .observe: options.append("--keep-going")
    case .forbid: options += ["--keep-going", "--max-jobs", "0", "--builders", ""]
    }
    var installables: [String] = []
    var selections: [String] = []
    for goal in request.goals {
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
