/// The subject of a proof: an installable, resolved by evaluating it.
public struct Target: Hashable, Sendable {
  /// The installable, as the person named it.
  public let installable: Installable
  /// The result of evaluating it.
  public let resolution: Resolution

  /// A target is either a derivation's outputs, or a path of which no derivation is known.
  public enum Resolution: Hashable, Sendable {
    /// The chosen outputs of a derivation; `system` is the platform that could build it.
    case derivation(StorePath, system: String, outputs: [Output])
    /// A store path, as it was named.
    case path(StorePath)
  }

  /// One chosen output.
  public struct Output: Hashable, Sendable {
    /// `out`, `dev`, …
    public let name: String
    /// Where it will be.
    public let path: StorePath

    /// An output and its path.
    public init(name: String, path: StorePath) {
      self.name = name
      self.path = path
    }
  }

  /// An installable and the result of evaluating it.
  public init(installable: Installable, resolution: Resolution) {
    self.installable = installable
    self.resolution = resolution
  }

  /// The derivation, where one is known.
  public var derivation: StorePath? {
    switch resolution {
    case .derivation(let path, _, _): path
    case .path: nil
    }
  }

  /// The chosen outputs; a bare path is its own `out`.
  public var outputs: [Output] {
    switch resolution {
    case .derivation(_, _, let outputs): outputs
    case .path(let path): [Output(name: "out", path: path)]
    }
  }
}

/// An installable that was not resolved, and Nix's error.
public struct UnresolvedTarget: Hashable, Sendable {
  /// The installable, as the person named it.
  public let installable: Installable
  /// Nix's error, without escapes and credentials. It is empty where nothing was evaluated, because something on the
  /// runner could write to a cache.
  public let error: String

  /// Whether Nix was asked.
  public var wasEvaluated: Bool { !error.isEmpty }

  /// An installable and the error it gave.
  public init(installable: Installable, error: String) {
    self.installable = installable
    self.error = error
  }
}
