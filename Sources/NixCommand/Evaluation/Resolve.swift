public import NixModel

extension NixProgram {
  /// Told each event of Nix's log as it comes; says whether Nix may go on.
  public typealias Listener = @Sendable (LogEvent) -> Directive

  /// Resolves installables to derivations and chosen output paths, without building them. Targets that are named by a
  /// secret of this runner do not resolve.
  ///
  /// A set of attributes resolves to the derivations in it, each of which is a target.
  ///
  /// Evaluation writes the derivations into the store. It builds only where an expression itself asks for it (import
  /// from derivation); then the log says so.
  ///
  /// - Parameter event: told each event of the log. Evaluations run beside each other, so the lines of each are
  ///   numbered from 1 here, and in the order of the installables in the log of the resolution.
  public func resolve(_ installables: [Installable], event: @escaping Listener) async -> Resolution {
    var evaluator = Evaluator(self, event)
    return await evaluator.resolution(of: installables).withoutSecrets
  }
}
