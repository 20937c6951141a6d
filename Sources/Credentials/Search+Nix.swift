import Foundation
import NixModel

extension Surroundings {
  /// The passwords of netrc files. A password for a cache of the run makes the run inconclusive. A password
  /// for another host counts as good for many things.
  func netrc(_ now: Date) -> [Finding] {
    netrcFiles.flatMap { path -> [Finding] in
      search(path, for: .netrcPassword) { text in
        Netrc(parsing: text).entries.compactMap { entry in
          entry.password.map { password in
            let machine = entry.machine.map { "machine \($0)" } ?? "default"
            return finding(password, at: "the file \(path), \(machine)", machine: entry.machine, now)
          }
        }
      }
    }
  }

  /// Attic accepts its token as a password, and such a token can say that it only reads. Any other password
  /// is sent with uploads as well as with downloads.
  private func finding(_ password: Secret, at place: String, machine: String?, _ now: Date) -> Finding {
    password.reveal { text in
      let host = machine?.lowercased()
      guard let token = try? AtticToken(decoding: text) else {
        let isOfCache = host.map { hosts.contains($0) } ?? true
        return Finding(
          .init(
            .netrcPassword, at: place, .unknown("a password does not say what it permits"),
            reaching: isOfCache ? nil : []), holding: text)
      }
      // Nix sends the token to this host with every request anyway, so the host may be asked about it.
      let caches = substituters.filter {
        $0.isHTTP && URL(string: $0.canonical)?.host()?.lowercased() == host
      }
      return Finding(
        .init(.netrcPassword, at: place, token.permission(at: now)),
        question: ServerQuestion(
          caches: caches.compactMap { AtticCache(substituter: $0) }, token: Secret(text), claims: token),
        secrets: [Secret(text)])
    }
  }

  /// Nix's own means of signing and publishing: secret keys and the post-build hook.
  func nix() -> [Finding] {
    let keys = secretKeyFiles.map { path -> Finding in
      // The form is `name:base64`, and the name is no secret.
      var key: String?
      if case .text(let text) = readFile(path) {
        key = text.split(separator: ":", maxSplits: 1).last.map(String.init)
      }
      return Finding(
        .init(
          .nixSecretKey, at: "Nix's setting secret-key-files, \(path)", .writes("it signs what is built here")
        ), holding: key)
    }
    let hook = postBuildHook.map {
      Finding(
        .init(
          .postBuildHook, at: "Nix's setting post-build-hook, \($0)",
          .writes("it runs after each build, and may publish")))
    }
    return keys + (hook.map { [$0] } ?? [])
  }

  /// Secrets in the addresses of the run's caches.
  func addresses() -> [Finding] {
    substituters.compactMap { url in
      let place = "the substituter \(url)"
      if url.configured.holds("secret-key=") {
        return Finding(.init(.storeAddress, at: place, .writes("its address names a secret key")))
      }
      if url.configured.holds("tls-private-key=") {
        return Finding(
          .init(.storeAddress, at: place, .unknown("its address names the key of a certificate")))
      }
      if let password = url.credentials?.password {
        let permission = MeansOfWriting.Permission(ofAtticToken: password, at: .distantPast)
        return Finding(
          .init(
            .storeAddress, at: place,
            permission.isReadOnly ? permission : .unknown("its address holds a password")), holding: password)
      }
      if url.isHTTP, let user = URLComponents(string: url.configured)?.user, !user.isEmpty {
        return Finding(
          .init(.storeAddress, at: place, .unknown("its address holds a user name, which can be a token")),
          holding: user)
      }
      return nil
    }
  }
}

extension MeansOfWriting.Permission {
  fileprivate var isReadOnly: Bool {
    switch self {
    case .readOnly: true
    case .writes, .unknown: false
    }
  }
}
