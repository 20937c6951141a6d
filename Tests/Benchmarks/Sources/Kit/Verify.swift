import ArgumentParser
import Dispatch
import NixModel
import TestSupport

/// The yardstick for signatures: so many verifications, spread over all cores, and nothing else.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify signatures over all cores; prints the seconds that it took.")

  @Argument(help: "How many.")
  var count: Int

  func run() throws {
    let key = LabKey("bench-1")
    let path = try StorePath(parsing: "/nix/store/\(String(repeating: "a", count: 32))-bench")
    guard let hash = NarHash("sha256:" + String(repeating: "0", count: 64)) else {
      throw ValidationError("The sample hash is none.")
    }
    let fingerprint = Fingerprint(path: path, narHash: hash, narSize: 1000, references: [path])
    let signature = try Signature(parsing: try key.signature(over: fingerprint))
    let keys = TrustedKeys([try key.trusted()])
    let shares = 8
    let clock = ContinuousClock()
    let took = clock.measure {
      DispatchQueue.concurrentPerform(iterations: shares) { share in
        for _ in 0..<(count / shares + (share < count % shares ? 1 : 0))
        where keys.signers(of: fingerprint, among: [signature]).isEmpty {
          fatalError("a good signature was refused")
        }
      }
    }
    print(took / .seconds(1))
  }
}
