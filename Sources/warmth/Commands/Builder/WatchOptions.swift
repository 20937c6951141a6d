import ArgumentParser
import Building
import Clouds
import NixModel

/// How a machine's journal is reached.
struct WatchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The secret ssh key of --watch-key; ssh's own choice by default.", valueName: "file"))
  var identity: String?

  @Option(
    name: .customLong("ssh-option"),
    help: ArgumentHelp("An option of ssh, such as ProxyJump=HOST. Repeatable.", valueName: "name=value"))
  var sshOptions: [String] = []

  func validate() throws {
    for option in sshOptions where !option.contains("=") || option.hasPrefix("-") {
      throw ValidationError("--ssh-option takes NAME=VALUE, as ssh_config(5) has it.")
    }
  }

  /// The journal of a build's machine; `nil` while it has no address.
  ///
  /// - Parameter ownKey: the file of a key that was made for this process, if one was.
  func journal(of record: BuildRecord, with ownKey: String? = nil) -> Journal? {
    guard let address = record.address else { return nil }
    return Journal(
      of: record.start.id,
      by: record.start.identity.hasPublicLogs
        ? .open(address: address)
        : .tunnel(
          address: address, hostKey: record.start.identity.hostKey, identity: ownKey ?? identity,
          options: sshOptions))
  }
}
