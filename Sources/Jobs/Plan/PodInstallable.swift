import NixModel

/// Installables that mean the same in a pod as on the machine where they were typed.
enum PodInstallable {
  static func parse(_ text: String) throws(FieldFlaw) -> String {
    let installable: Installable
    do { installable = try Installable(parsing: text) } catch { throw FieldFlaw("is no target: \(error)") }
    switch installable {
    case .flake(let reference, _, _): _ = try self.reference(reference)
    case .file, .expression, .derivation, .path, .flagged: break
    }
    return text
  }

  /// A flake reference that works from anywhere, and holds no credential.
  static func reference(_ text: String) throws(FieldFlaw) -> String {
    let isLocal = [".", "/", "~", "path:", "git+file:", "file:"].contains { text.hasPrefix($0) }
    guard !isLocal else {
      throw FieldFlaw(
        "lies on this machine, where no pod sees it; name a flake such as github:NixOS/nixpkgs/…")
    }
    guard Redaction.redact(text) == text else {
      throw FieldFlaw("holds a credential, and a manifest is read by many")
    }
    return text
  }
}
