import Foundation
import FuzzTargets
import Synchronization

/// libFuzzer's way in. `FUZZ_TARGET` names the target; with `FUZZ_SIZE`, a piece of each input is repeated
/// until it has that many bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    Run.current.note(
      try Run.current.target.attempt(Run.current.size.map { bytes.amplified(to: $0) } ?? bytes))
    return 0
  } catch {
    // libFuzzer keeps the input of a process that ends like this.
    FileHandle.standardError.write(Data("fuzz: broken promise: \(error)\n".utf8))
    abort()
  }
}

/// What this process fuzzes, and the slowest input so far.
private final class Run: Sendable {
  static let current = Run()

  let target: FuzzTarget
  let size: Int?
  private let slowest = Mutex(Duration.zero)

  private init() {
    let environment = ProcessInfo.processInfo.environment
    guard let target = environment["FUZZ_TARGET"].flatMap(FuzzTarget.init) else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      FileHandle.standardError.write(Data("fuzz: FUZZ_TARGET is none of \(names)\n".utf8))
      exit(64)
    }
    self.target = target
    size = environment["FUZZ_SIZE"].flatMap { Int($0) }
    atexit {
      let slowest = Run.current.slowest.withLock { $0 }
      let milliseconds =
        Double(slowest.components.attoseconds) / 1e15 + Double(slowest.components.seconds) * 1e3
      FileHandle.standardError.write(
        Data("fuzz: slowest input \(String(format: "%.1f", milliseconds)) ms\n".utf8))
    }
  }

  func note(_ time: Duration) { slowest.withLock { $0 = max($0, time) } }
}
