/// Why Nix could not be asked.
public enum NixError: Error, Hashable, Sendable {
  /// There is no such program.
  case notFound(String)
  /// It could not be started, or its output is not Nix's.
  case unusable(program: String, cause: String)
  /// It is older than a proof supports.
  case tooOld(program: String, version: NixVersion)
  /// A question was answered with an error.
  case failed(question: String, exit: String, message: String)
  /// It works on a store whose files cannot be read from here.
  case storeElsewhere(String)
  /// There is no place for a throwaway store.
  case noScratchStore(directory: String, cause: String)
  /// Nix's answer could not be read.
  case unreadable(question: String, cause: String)
}

extension NixError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let program):
      "there is no Nix at '\(program)', so nothing can be proved; install it (Debian: apt-get install nix-bin) or name it with --nix PATH"
    case .unusable(let program, let cause):
      "'\(program)' cannot be used as Nix, so nothing can be proved: \(cause)"
    case .tooOld(let program, let version):
      "'\(program)' is Nix \(version), and a proof needs \(NixVersion.oldestSupported) or newer; install a newer one or name it with --nix PATH"
    case .failed(let question, let exit, let message):
      message.isEmpty
        ? "Nix could not answer '\(question)' (\(exit)), and did not say why"
        : "Nix could not answer '\(question)' (\(exit)): \(message)"
    case .storeElsewhere(let store):
      "Nix works on the store '\(store)' (its setting store, or NIX_REMOTE), and what that holds cannot be read from here, so nothing can be proved; prove on its machine, or into a directory with --store DIR or --isolated"
    case .noScratchStore(let directory, let cause):
      "no throwaway store can be made in \(directory): \(cause)"
    case .unreadable(let question, let cause):
      "Nix's answer to '\(question)' could not be read: \(cause)"
    }
  }
}
