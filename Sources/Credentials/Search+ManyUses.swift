import Foundation
import NixModel

// Credentials that are good for many things. They make a run inconclusive if they reach a cache of the run,
// or if the policy is strict. The addresses of the caches tell which of them a credential reaches.
extension Surroundings {
  // MARK: SSH

  func ssh() -> [Finding] {
    let reached = substituters.filter { $0.scheme == "ssh" || $0.scheme == "ssh-ng" }.map(\.canonical)
    let why = MeansOfWriting.Permission.unknown("what it opens is known to the servers alone")
    let keys = sshKeys.flatMap { path in
      search(path, for: .sshKey, reaching: reached) { text in
        guard let key = PrivateKey(text), key.isUnprotected else { return [] }
        return [
          Finding(
            .init(.sshKey, at: "the file \(path)", why, reaching: reached),
            secrets: key.lines.map { Secret($0) })
        ]
      }
    }
    guard let socket = variable("SSH_AUTH_SOCK") else { return keys }
    if case .absent = readFile(socket) { return keys }
    return keys + [Finding(.init(.sshAgent, at: "the socket \(socket)", why, reaching: reached))]
  }

  /// Files that can be private keys: the files in `~/.ssh`, the names that `ssh` tries by itself, and the
  /// files that its configuration, `NIX_SSHOPTS` or a cache's address names.
  private var sshKeys: [String] {
    let standard = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_dsa", "id_xmss"]
    let others = ["known_hosts", "known_hosts.old", "config", "authorized_keys", "environment", "rc"]
    let named = [passwordHome, home].compactMap(\.self).unique.flatMap { home -> [String] in
      let directory = "\(home)/.ssh"
      let listed = list(directory).filter { !others.contains($0) && !$0.hasSuffix(".pub") }.filter { name in
        // A file with the name of a key counts even if it cannot be read. Another name counts only if it is a
        // readable file, because a socket or a directory is no key.
        if standard.contains(name) { return true }
        if case .text = readFile("\(directory)/\(name)") { return true }
        return false
      }
      var names = (standard + listed).unique.map { "\(directory)/\($0)" }
      if case .text(let text) = readFile("\(directory)/config") {
        names += text.split(whereSeparator: \.isNewline).compactMap { identity(in: $0, home) }
      }
      return names
    }
    let options = (variable("NIX_SSHOPTS") ?? "").split(separator: " ").map(String.init)
    let chosen = zip(options, options.dropFirst()).filter { $0.0 == "-i" }.map(\.1)
    let addressed = substituters.compactMap { url in
      URLComponents(string: url.configured)?.queryItems?.last { $0.name == "ssh-key" }?.value
    }
    return (named + chosen + addressed).unique
  }

  /// The file that a line such as `IdentityFile ~/.ssh/deploy` names.
  private func identity(in line: Substring, _ home: String) -> String? {
    let words = line.split { $0.isWhitespace || $0 == "=" || $0 == "\"" }
    guard words.count == 2, words[0].lowercased() == "identityfile", words[1] != "none" else { return nil }
    let path = words[1].replacing("%d", with: home)
    if path.hasPrefix("~/") { return "\(home)/\(path.dropFirst(2))" }
    return path.hasPrefix("/") ? String(path) : nil
  }

  // MARK: Kubernetes

  func kubernetes() -> [Finding] {
    let server = variable("KUBERNETES_SERVICE_HOST")?.lowercased()
    let reached = substituters.filter { url in
      guard let host = URL(string: url.canonical)?.host()?.lowercased() else { return false }
      return host == server
        || [".svc", ".svc.cluster.local", ".cluster.local"].contains { host.hasSuffix($0) }
    }.map(\.canonical)
    let why = MeansOfWriting.Permission.unknown("what it permits is known to the cluster alone")
    let files =
      variable("KUBECONFIG")?.split(separator: ":").map(String.init)
      ?? home.map { ["\($0)/.kube/config"] } ?? []
    let credentials =
      /["']?\b(?:token|tokenFile|client-key|client-key-data|exec|auth-provider|password)["']?\s*:/
    let users = files.unique.flatMap { path in
      search(path, for: .kubeconfig, reaching: reached) { text in
        guard text.firstMatch(of: credentials) != nil else { return [] }
        let names = /["']?\b(?:token|client-key-data|password)["']?[ \t]*:/
        return [
          Finding(
            .init(.kubeconfig, at: "the file \(path)", why, reaching: reached),
            secrets: values(of: names, in: text).map { Secret($0) })
        ]
      }
    }
    let mounted = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    return users
      + search(mounted, for: .serviceAccountToken, reaching: reached) { text in
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        return [
          Finding(
            .init(.serviceAccountToken, at: "the file \(mounted)", why, reaching: reached), holding: text)
        ]
      }
  }

  // MARK: OIDC

  /// The request token of a GitHub job. With it the job gets identity tokens, which clouds and caches accept.
  func oidc() -> [Finding] {
    let names = ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"]
    guard let name = names.first(where: { variable($0) != nil }) else { return [] }
    let clouds = [".amazonaws.com", ".googleapis.com", ".flakehub.com", ".blob.core.windows.net"]
    let reached = substituters.filter { url in
      let host = (URL(string: url.canonical)?.host() ?? "").lowercased()
      return url.scheme == "s3" || url.scheme == "gs" || clouds.contains { host.hasSuffix($0) }
    }.map(\.canonical)
    return [
      Finding(
        .init(
          .oidcRequestToken, at: place(name),
          .unknown("what its tokens permit is known to those alone who take them"), reaching: reached),
        holding: variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    ]
  }

  // MARK: Directories

  /// Caches in directories that this process may write to. Root may write to every directory, so they make a
  /// run inconclusive only if the policy is strict.
  func fileCaches() -> [Finding] {
    substituters.filter { $0.scheme == "file" }.compactMap { url in
      let path = String(url.canonical.dropFirst("file://".count))
      guard isWritable(path) else { return nil }
      return Finding(
        .init(.fileCache, at: "the directory \(path)", .writes("this process may write to it"), reaching: []))
    }
  }
}

/// A private key in a file. The only question is whether the file alone is enough to use it.
private struct PrivateKey {
  let isUnprotected: Bool
  /// The lines that must never be shown.
  let lines: [String]

  /// `nil` if the text is no private key.
  init?(_ text: String) {
    if text.contains("PuTTY-User-Key-File-") {
      isUnprotected = text.contains("Encryption: none")
    } else if text.contains("-----BEGIN OPENSSH PRIVATE KEY-----") {
      isUnprotected = Self.isUnprotected(openSSH: text)
    } else if text.contains("PRIVATE KEY-----") {
      isUnprotected = !text.contains("ENCRYPTED")
    } else {
      return nil
    }
    lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { line in
      line.utf8.count >= 16 && !line.contains("-----") && !line.contains(": ")
    }
  }

  /// Source: OpenSSH, `PROTOCOL.key`. After a magic word comes the name of a cipher, which is `none` without
  /// a passphrase. A key that cannot be read counts as unprotected.
  private static func isUnprotected(openSSH text: String) -> Bool {
    let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
    let magic = Array("openssh-key-v1\0".utf8)
    guard let bytes = Data(base64Encoded: body).map(Array.init), bytes.starts(with: magic),
      bytes.count > magic.count + 4
    else { return true }
    let length = bytes[magic.count..<(magic.count + 4)].reduce(0) { $0 << 8 | Int($1) }
    return bytes[(magic.count + 4)...].prefix(length).elementsEqual("none".utf8)
  }
}
