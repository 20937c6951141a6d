import Crypto
public import Foundation
public import NixModel
import Synchronization

/// Keeps Nix's whole log as Nix wrote it (`--log-file`), command after command, so that the numbers of lines in events and
/// reasons point into something.
///
/// Each record stands behind `@nix `, wherever Nix wrote it to, because readers of such logs expect that
/// (`nix-output-monitor`, `warmth classify`). Credentials are masked line by line.
public final class LogKeeper: Sendable {
  private struct State {
    var hash = SHA256()
    var lines = 0
    var bytes = 0
    var error: String?
  }

  private let state = Mutex(State())
  private let write: @Sendable (Data) throws -> Void

  /// - Parameter write: takes the next bytes of the log.
  public init(writing write: @escaping @Sendable (Data) throws -> Void) { self.write = write }

  /// What was kept; `nil` where not all of it could be written.
  public var kept: KeptLog? {
    state.withLock { state in
      guard state.error == nil else { return nil }
      let digits = state.hash.finalize().map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return KeptLog(sha256: digits.joined(), lines: state.lines, bytes: state.bytes)
    }
  }

  /// Why not all of it could be written; `nil` where it was.
  public var flaw: String? { state.withLock { $0.error } }

  /// Adds whole lines.
  func add(_ bytes: Data, lines: Int) {
    state.withLock { state in
      guard state.error == nil, !bytes.isEmpty else { return }
      do {
        try write(bytes)
        state.hash.update(data: bytes)
        state.lines += lines
        state.bytes += bytes.count
      } catch {
        // A log that is not kept is no reason to end a proof.
        state.error = "\(error)"
      }
    }
  }
}
