/// The public keys that a run trusts (`trusted-public-keys`).
///
/// Of two keys with one name Nix uses the first listed, and so do we.
public struct TrustedKeys: Hashable, Sendable {
  /// In the order in which they were listed, without later ones of the same name.
  public let keys: [PublicKey]

  /// Keys in the order of trust.
  public init(_ keys: [PublicKey]) {
    var seen: Set<String> = []
    self.keys = keys.filter { seen.insert($0.name).inserted }
  }

  /// The names of the trusted keys whose signatures over `fingerprint` verify, in the order of the
  /// signatures and each once. Empty where none does: recorded signatures can be foreign or forged.
  public func signers(of fingerprint: Fingerprint, among signatures: [Signature]) -> [String] {
    let message = fingerprint.message
    var names: [String] = []
    for signature in signatures where !names.contains(signature.keyName) {
      guard let key = keys.first(where: { $0.name == signature.keyName }) else { continue }
      if key.isValid(signature.bytes, over: message) { names.append(key.name) }
    }
    return names
  }
}
