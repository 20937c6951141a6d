import Building
import Foundation
import NixModel

/// What an operator asks for in these tests.
enum Sample {
  static let id = RunID("20260503T120000Z-4k7xbq")
  static let now = Date(timeIntervalSince1970: 1_777_809_600)

  static func options(_ change: (inout BuilderOptions) -> Void = { _ in }) throws -> BuilderOptions {
    var options = BuilderOptions(
      provider: "vultr", region: "fra", plan: "vhp-8c-16gb-amd",
      work: .release(
        file: "release.nix",
        of: try BuildSource(
          repository: "https://git.example/distribution.git",
          revision: "0123456789abcdef0123456789abcdef01234567", sha256: nil),
        attributes: ["image", "it's"]),
      destination: try StorageAddress(parsing: "ssh-ng://cache@store.example:2222"), access: .ownKey,
      image: try NetbootImage(base: NetbootImage.nixosUnstable))
    options.knownHosts = "[store.example]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPb\n"
    options.watchers = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhKQxFUIyDqQKkqLkNJCVJrWk2qOBQK3lCCRNUDzG1F me"]
    change(&options)
    return options
  }

  static func plan(_ change: (inout BuilderOptions) -> Void = { _ in }, limit: Int = 16 << 10) throws
    -> BuilderPlan
  {
    try BuilderPlan(try options(change), named: id, at: now, userDataLimit: limit)
  }
}
