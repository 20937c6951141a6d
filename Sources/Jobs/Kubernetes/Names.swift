import Foundation
import NixModel

/// The forms that Kubernetes accepts for names, labels and images. Source:
/// `apimachinery/pkg/util/validation/validation.go`.
enum KubernetesName {
  /// The name of a Job or a namespace. It becomes a part of host names and of label values.
  static func label(_ text: String) throws(FieldFlaw) -> String {
    guard text.utf8.count <= 63, text.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?/) != nil else {
      throw FieldFlaw(
        "is no name; Kubernetes takes lower-case letters, digits and '-', at most 63, with a letter or digit at both ends"
      )
    }
    return text
  }

  /// The name of a Secret, a service account, a node.
  static func subdomain(_ text: String) throws(FieldFlaw) -> String {
    guard text.utf8.count <= 253,
      text.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/) != nil
    else {
      throw FieldFlaw(
        "is no name; Kubernetes takes lower-case letters, digits, '-' and '.', with a letter or digit at both ends"
      )
    }
    return text
  }

  /// A key of a Secret's data.
  static func dataKey(_ text: String) throws(FieldFlaw) -> String {
    guard (1...253).contains(text.utf8.count), text.wholeMatch(of: /[-._a-zA-Z0-9]+/) != nil else {
      throw FieldFlaw("is no key of a Secret; Kubernetes takes letters, digits, '-', '_' and '.'")
    }
    return text
  }

  /// `KEY=VALUE`: a label, or a label that a node must have.
  static func labelPair(_ text: String) throws(FieldFlaw) -> (key: String, value: String) {
    guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      throw FieldFlaw("is no label; write KEY=VALUE")
    }
    let (key, value) = (String(text[..<sign]), String(text[sign...].dropFirst()))
    try checkLabelKey(key)
    try checkLabelValue(value)
    return (key, value)
  }

  private static func checkLabelKey(_ key: String) throws(FieldFlaw) {
    let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard (try? subdomain(String(parts[0]))) != nil else {
        throw FieldFlaw("has no DNS name before the '/' of its key")
      }
    }
    let name = parts.last ?? ""
    guard name.utf8.count <= 63, name.wholeMatch(of: /[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?/) != nil else {
      throw FieldFlaw(
        "has a key that is none; Kubernetes takes at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
      )
    }
  }

  private static func checkLabelValue(_ value: String) throws(FieldFlaw) {
    guard value.utf8.count <= 63, value.wholeMatch(of: /([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?/) != nil
    else {
      throw FieldFlaw(
        "has a value that is none; Kubernetes takes at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
      )
    }
  }

  /// An image with a tag or a digest. An image with neither is refused, because it would change from day to
  /// day.
  static func image(_ text: String) throws(FieldFlaw) -> String {
    let pattern =
      #/
      ([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*
      (?<tag>:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?<digest>@sha256:[0-9a-f]{64})?
      /#
    guard text.utf8.count <= 500, let match = text.wholeMatch(of: pattern) else {
      throw FieldFlaw("is no image; write such as docker.io/nixos/nix:2.34.7, or with @sha256:… behind it")
    }
    guard match.digest != nil || (match.tag != nil && match.tag != ":latest") else {
      throw FieldFlaw("is not pinned: name a tag other than latest, or a digest (@sha256:…)")
    }
    return text
  }

  /// `KEY[=VALUE][:EFFECT]`, as `kubectl taint` writes it.
  static func toleration(_ text: String) throws(FieldFlaw) -> Toleration {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let effect = parts.count == 2 ? String(parts[1]) : nil
    guard parts.count <= 2, effect.map(["NoSchedule", "PreferNoSchedule", "NoExecute"].contains) ?? true
    else {
      throw FieldFlaw(
        "is no toleration; write KEY, KEY=VALUE or KEY=VALUE:EFFECT with NoSchedule, PreferNoSchedule or NoExecute"
      )
    }
    let taint = String(parts[0])
    guard taint.contains("=") else {
      try checkLabelKey(taint)
      return Toleration(key: taint, operator: "Exists", effect: effect)
    }
    let (key, value) = try labelPair(taint)
    return Toleration(key: key, operator: "Equal", value: value, effect: effect)
  }
}

/// Addresses that are written into a manifest, which many people can read.
enum PublicAddress {
  /// An HTTP address without user, password or query, because each of them could hold a secret.
  static func http(_ text: String) throws(FieldFlaw) -> String {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), !(parts.host ?? "").isEmpty
    else { throw FieldFlaw("is no address; write https://…") }
    guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
      throw FieldFlaw(
        "has more than a place: what stands before '@' or behind '?' can be a credential, and a manifest is read by many"
      )
    }
    return text
  }

  /// The address of a cache, of any kind that Nix knows, without a credential.
  static func cache(_ text: String) throws(FieldFlaw) -> String {
    let url: SubstituterURL
    do { url = try SubstituterURL(parsing: text) } catch { throw FieldFlaw("is not the address of a cache") }
    guard url.scheme != "file" else { throw FieldFlaw("lies on this machine, where no pod sees it") }
    // The name of ssh's user is no secret.
    let place = url.configured.replacing(/^(ssh(-ng)?:\/\/)[A-Za-z0-9._-]+@/) { "\($0.1)" }
    guard place == Redaction.redact(place) else {
      throw FieldFlaw(
        "holds a credential, and a manifest is read by many; give the pod a netrc or a read-only key otherwise"
      )
    }
    return text
  }
}
