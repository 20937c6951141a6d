extension Installable {
  /// How another revision of an installable's source is come by.
  public enum AtRevision: Hashable, Sendable {
    /// Nix fetches it by this reference.
    case fetched(Installable)
    /// It lies in a checkout of this machine: a flake's directory, or a file.
    case checkedOut(path: String)
    /// It has no source that has revisions: a derivation, a store path or an expression.
    case none
  }

  /// The same attribute at `revision`.
  ///
  /// Source of the notations: Nix, `src/nix/flake.md`, "Flake references".
  public func at(_ revision: String) -> AtRevision {
    switch self {
    case .derivation, .path, .expression: return .none
    case .flagged(let installable, let flags):
      let there = installable.at(revision)
      if case .fetched(let moved) = there { return .fetched(moved.evaluated(by: flags)) }
      return there
    case .file(let file, _, _): return .checkedOut(path: file)
    case .flake(let reference, let attribute, let outputs):
      guard let moved = Self.moved(reference, to: revision) else { return .checkedOut(path: reference) }
      return .fetched(.flake(reference: moved, attribute: attribute, outputs: outputs))
    }
  }

  /// The same attribute of a checkout that lies elsewhere.
  public func moved(to place: String) -> Installable {
    switch self {
    case .derivation, .path, .expression: self
    case .flagged(let installable, let flags): installable.moved(to: place).evaluated(by: flags)
    case .file(_, let attribute, let outputs): .file(place, attribute: attribute, outputs: outputs)
    case .flake(_, let attribute, let outputs):
      .flake(reference: place, attribute: attribute, outputs: outputs)
    }
  }

  /// `nil` where a reference names a directory of this machine.
  private static func moved(_ reference: String, to revision: String) -> String? {
    guard let first = reference.utf8.first, !"./~".utf8.contains(first), !reference.hasPrefix("path:") else {
      return nil
    }
    let (place, query) = split(reference, at: "?")
    guard place.contains("://") else {
      // `github:OWNER/REPO/REF`, and `nixpkgs/REF` of a registry, which may be written `flake:nixpkgs/REF`.
      let hasScheme = place.contains(":") && !place.hasPrefix("flake:")
      let parts = place.split(separator: "/", omittingEmptySubsequences: false)
      return parts.prefix(hasScheme ? 2 : 1).joined(separator: "/") + "/" + revision
        + (query.map { "?\($0)" } ?? "")
    }
    let kept = (query ?? "").split(separator: "&").filter { !$0.hasPrefix("rev=") && !$0.hasPrefix("ref=") }
    return "\(place)?\((kept + ["rev=\(revision)"]).joined(separator: "&"))"
  }

  private static func split(_ text: String, at mark: Character) -> (String, String?) {
    guard let index = text.firstIndex(of: mark) else { return (text, nil) }
    return (String(text[..<index]), String(text[text.index(after: index)...]))
  }
}
