import Foundation
public import NixModel

/// The end of a command that a publisher gave.
public struct NixOutcome: Sendable {
  /// The log, with the command's end.
  public let log: LogTestimony
  /// The error that ended it, without escapes and credentials; empty where there is none.
  public let message: String

  init(_ result: CommandResult) { (log, message) = (result.log, result.message) }

  /// Whether it came to its end in order.
  public var isSuccess: Bool { log.ending == .exited(code: 0) }

  /// How it ended, in words such as `exit code 1`.
  public var ending: String { log.ending.phrase }
}

extension NixProgram {
  /// Builds outputs, or copies them from caches, and keeps them from the garbage collector.
  ///
  /// - Parameters:
  ///   - link: where the link is made that keeps them.
  ///   - reportsProgress: whether to tell of bytes that have arrived.
  public func build(
    _ goal: Realization.Goal, linkedAt link: String, reportsProgress: Bool, event: @escaping Listener
  ) async -> NixOutcome {
    let commands = commands(for: Realization(goals: [goal], builds: .stop), linkedAt: link)
    return await outcome(
      commands.first ?? [], Hearing.Manner(reportsProgress: reportsProgress, event: event))
  }

  /// Copies paths, with all that they refer to, to another store.
  ///
  /// - Parameter address: the store, perhaps with the file of a key to sign with (`?secret-key=…`).
  public func copy(
    _ paths: [StorePath], to address: String, event: @escaping Listener
  ) async -> NixOutcome {
    await each(paths, ["copy", "--to", address] + store, Hearing.Manner(event: event))
  }

  /// Copies the build logs of derivations to another store. Where one of them has none, those after it are not copied.
  public func copyLogs(of derivations: [StorePath], to address: String) async -> NixOutcome {
    await each(derivations, ["store", "copy-log", "--to", address] + store, Hearing.Manner())
  }

  /// Signs paths of the store, with all that they refer to.
  public func sign(_ paths: [StorePath], withKeyIn file: String) async -> NixOutcome {
    await each(paths, ["store", "sign", "--recursive", "--key-file", file] + store, Hearing.Manner())
  }

  /// What the builder of a derivation printed, without escapes and credentials; `nil` where no log of it is here.
  public func builderLog(of derivation: StorePath) async -> String? {
    let offline = with(launcher.configuration.setting("substituters", to: ""))
    guard let log = try? await offline.launcher.ask(["log"] + store + ["\(derivation)"]), !log.isEmpty else {
      return nil
    }
    return Redaction.redact(String(decoding: log, as: UTF8.self).plainText)
  }

  /// Runs a command for some paths at a time, since arguments are limited in bytes, until it fails.
  private func each(
    _ paths: [StorePath], _ command: [String], _ manner: Hearing.Manner
  ) async -> NixOutcome {
    var all = NixOutcome(CommandResult(output: [], log: .silent.ending(.exited(code: 0)), otherText: ""))
    for start in stride(from: 0, to: paths.count, by: Self.mostPathsAtOnce) {
      let some = paths[start..<min(start + Self.mostPathsAtOnce, paths.count)]
      all = await outcome(command + some.map(\.description), manner)
      guard all.isSuccess else { break }
    }
    return all
  }

  /// A path has at most some 270 bytes, and a command's arguments and variables at least 2 MiB (execve(2)).
  private static let mostPathsAtOnce = 4000

  private func outcome(_ arguments: [String], _ manner: Hearing.Manner) async -> NixOutcome {
    NixOutcome(await forgetful(arguments, manner))
  }
}
