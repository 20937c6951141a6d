import Foundation

/// A terminal without a person in front of it, which can be lost.
package struct PseudoTerminal: Sendable {
  /// What a program opens.
  package let path: String
  private let master: Int32

  package init() throws {
    var (near, far): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&near, &far, &name, nil, nil) == 0 else {
      throw Lab.Missing(description: "there is no pseudo terminal here: \(String(cString: strerror(errno)))")
    }
    close(far)
    _ = fcntl(near, F_SETFD, FD_CLOEXEC)
    master = near
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Reads until `text` has been shown, and hangs up.
  ///
  /// - Returns: everything that was shown.
  package func readAndHangUp(at text: String) async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var shown = ""
        var bytes = [UInt8](repeating: 0, count: 4096)
        let deadline = ContinuousClock.now + .seconds(60)
        while !shown.contains(text), ContinuousClock.now < deadline {
          let count = read(master, &bytes, bytes.count)
          // Until somebody opens the other side, and between two who do, reading fails.
          if count <= 0 { usleep(10_000) }
          shown += String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
        close(master)
        continuation.resume(returning: shown)
      }
    }
  }
}
