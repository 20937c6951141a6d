import ArgumentParser
import Building
import Clouds
import Foundation
import Machine
import NixModel

/// Which provider, and with which key.
struct ProviderOptions: ParsableArguments {
  /// The providers that there are.
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case vultr
  }

  @Option(help: "The provider of machines.")
  var provider = Name.vultr

  @Option(
    help: ArgumentHelp(
      "The file with the provider's API key; else $VULTR_API_KEY. The key never reaches the machine.",
      valueName: "file"))
  var apiKeyFile: String?

  @Option(help: ArgumentHelp("The address of the provider's API.", valueName: "url", visibility: .hidden))
  var apiUrl = Vultr.address

  @Option(
    help: ArgumentHelp(
      "How long a machine that was asked for may take to appear in the provider's list.",
      valueName: "seconds",
      visibility: .hidden))
  var visibility = 120.0

  func validate() throws {
    guard (0.1...3600).contains(visibility) else {
      throw ValidationError("--visibility takes 0.1 to 3600 seconds.")
    }
  }

  /// The provider, whose connections are to be closed.
  func open() throws(Failure) -> Vultr {
    let key = try key()
    guard let address = WebAddress(parsing: apiUrl),
      address.server.scheme == .https || address.server.isLoopback
    else {
      throw Failure(.usage, "--api-url: a key goes over https:// alone, or to this machine")
    }
    Redaction.known?.learn(key)
    return Vultr(key: key, address: apiUrl.hasSuffix("/") ? String(apiUrl.dropLast()) : apiUrl)
  }

  private func key() throws(Failure) -> String {
    let text: String
    if let apiKeyFile {
      text = try OwnersFile.read(apiKeyFile, as: "the provider's key")
    } else {
      text = ProcessInfo.processInfo.environment["VULTR_API_KEY"] ?? ""
    }
    let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !key.isEmpty else {
      throw Failure(
        .usage,
        "the provider's API key is missing: name its file with --api-key-file, or set $VULTR_API_KEY; `warmth builder plan` needs none"
      )
    }
    guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Failure(
        .usage, "the provider's API key has a space, a line's end or another sign that no key has")
    }
    return key
  }
}

extension WebAddress.Server {
  fileprivate var isLoopback: Bool { isLocalhost || host.hasPrefix("127.") || host == "::1" }
}

/// A file whose content is secret, or goes where secrets go. Errors never quote it.
enum OwnersFile {
  /// The text of a file that only its owner can read.
  static func read(_ path: String, as name: String) throws(Failure) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure(.usage, "\(name) cannot be read from '\(path)': \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    var facts = stat()
    if fstat(file.fileDescriptor, &facts) == 0, facts.st_mode & 0o077 != 0 {
      throw Failure(.usage, "\(name) in '\(path)' is open to others than its owner: chmod 600 it")
    }
    return try text(of: file, path, name)
  }

  /// The text of a file that may be public.
  static func readPublic(_ path: String, as name: String) throws(Failure) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure(.usage, "\(name) cannot be read from '\(path)': \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    return try text(of: file, path, name)
  }

  private static func text(of file: FileHandle, _ path: String, _ name: String) throws(Failure) -> String {
    guard let bytes = try? file.read(upToCount: 64 << 10), bytes.count < 64 << 10,
      let text = String(bytes: bytes, encoding: .utf8)
    else { throw Failure(.usage, "\(name) in '\(path)' is no text of less than 64 KiB") }
    return text
  }
}
