import Foundation
public import NixModel
import Subprocess
import SystemPackage

/// A revision of a checkout of this machine, for a look at how things were: a flake by Nix's own means, a file of it out of
/// an archive. The checkout itself stays as it is.
public struct Checkout: Sendable {
  private let revision: String
  /// Where archives are unpacked.
  private let scratch: URL

  /// - Throws: ``CheckoutError`` where there is no room for files, or where `revision` is none.
  public init(at revision: String) throws(CheckoutError) {
    self.revision = revision
    scratch = FileManager.default.temporaryDirectory.appending(path: "warmth-revision-\(UUID().uuidString)")
    guard !revision.isEmpty, !revision.hasPrefix("-"),
      !revision.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { throw CheckoutError(revision: revision, cause: "that is no name of a revision") }
    do { try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true) } catch {
      throw CheckoutError(revision: revision, cause: error.localizedDescription)
    }
  }

  /// Removes what was unpacked.
  public func remove() { try? FileManager.default.removeItem(at: scratch) }

  /// `installable` as it is at the revision.
  ///
  /// - Throws: ``CheckoutError`` in git's words, where it does not know the revision or the file.
  public func found(_ installable: Installable) async throws(CheckoutError) -> Installable {
    switch installable.at(revision) {
    case .none: return installable
    case .fetched(let moved): return moved
    case .checkedOut(let path):
      let url = URL(filePath: path.hasPrefix("path:") ? String(path.dropFirst(5)) : path).standardizedFileURL
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
        throw CheckoutError(
          revision: revision, cause: "'\(path)' is no file of a git checkout on this machine")
      }
      let directory = isDirectory.boolValue ? url.path : url.deletingLastPathComponent().path
      let top = try await git(["-C", directory, "rev-parse", "--show-toplevel"])
      let commit = try await git(["-C", directory, "rev-parse", "--verify", "\(revision)^{commit}"])
      let prefix = try await git(["-C", directory, "rev-parse", "--show-prefix"])
      if case .flake = installable.plain {
        let part = prefix.isEmpty ? "" : "&dir=\(prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix)"
        return installable.moved(to: "git+file://\(top)?rev=\(commit)\(part)")
      }
      let place = scratch.appending(path: commit)
      if !FileManager.default.fileExists(atPath: place.path) {
        let archive = scratch.appending(path: "\(commit).tar").path
        _ = try await git(["-C", top, "archive", "--format=tar", "-o", archive, commit])
        try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        _ = try await run("tar", ["-xf", archive, "-C", place.path])
      }
      return installable.moved(
        to: place.appending(path: prefix).appending(path: isDirectory.boolValue ? "" : url.lastPathComponent)
          .path)
    }
  }

  private func git(_ arguments: [String]) async throws(CheckoutError) -> String {
    try await run("git", arguments)
  }

  private func run(_ program: String, _ arguments: [String]) async throws(CheckoutError) -> String {
    do {
      let outcome = try await Subprocess.run(
        .name(program), arguments: Arguments(arguments), output: .string(limit: 1 << 16),
        error: .string(limit: 1 << 16))
      let words = (outcome.terminationStatus.isSuccess ? outcome.standardOutput : outcome.standardError)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      guard outcome.terminationStatus.isSuccess else {
        throw CheckoutError(revision: revision, cause: Redaction.redact(words))
      }
      return words
    } catch let error as CheckoutError {
      throw error
    } catch {
      throw CheckoutError(revision: revision, cause: "\(program): \(Redaction.redact("\(error)"))")
    }
  }
}

/// Why a revision of a checkout could not be had.
public struct CheckoutError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The revision, as it was named.
  public let revision: String
  /// Why, mostly in git's words.
  public let cause: String

  public var description: String {
    "the revision '\(revision.excerpt)' could not be looked at: \(cause); name a commit of the checkout, a run, or the file of a plan (warmth forecast --plan --json)"
  }
}
