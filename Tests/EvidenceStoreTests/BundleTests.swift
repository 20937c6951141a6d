import Crypto
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `A bundle` {
  private let drawer = Drawer()
  private let key: SigningKey

  init() throws { key = try SigningKey(named: "collector-1") }

  private func filled(_ name: String = "one") throws -> EvidenceStore {
    let store = try EvidenceStore(creatingAt: "\(drawer.directory)/\(name).sqlite")
    for (number, scene) in try variousScenes().enumerated() {
      let begun = try start("r-\(number)", at: 1_777_809_600 + Double(number))
      try store.begin(begun)
      try store.record(depositions(scene), for: begun.id)
      try store.conclude(
        begun.id, Conclusion(finished: begun.started, judgment: try scene.judged(), memoryPeak: 7),
        signing: number == 0 ? key : nil)
    }
    return store
  }

  private func exported(_ store: EvidenceStore, _ runs: [String]? = nil, as name: String = "b") throws
    -> String
  {
    var bytes = Data()
    let path = "\(drawer.directory)/\(name).bundle"
    let box = Box()
    try store.export(runs?.map { RunID($0) }) { box.bytes += $0 }
    bytes = box.bytes
    try bytes.write(to: URL(filePath: path))
    return path
  }

  private final class Box { var bytes = Data() }

  @Test func `says all that its store says, and is read like one`() throws {
    let store = try filled()
    let bundle = try EvidenceStore(reading: try exported(store))
    #expect(try bundle.verify().isIntact)
    #expect(try bundle.runs(limit: 9) == store.runs(limit: 9))
    for run in try store.runs(limit: 9) {
      #expect(try bundle.testimony(of: run.start.id) == store.testimony(of: run.start.id))
    }
    #expect(try bundle.latestRun(about: "qemu_kvm^out,dev")?.start.id.text == "r-2")
    #expect(try bundle.signers(of: RunID("r-0"), among: [key.publicKey]) == [key.publicKey])
    #expect(try bundle.signers(of: RunID("r-1"), among: [key.publicKey]).isEmpty)
  }

  @Test func `is the same from whatever store it comes`() throws {
    let store = try filled()
    let path = try exported(store, ["r-2", "r-0"])
    let other = try EvidenceStore(creatingAt: "\(drawer.directory)/other.sqlite")
    #expect(try other.merge(EvidenceStore(reading: path)) == MergeSummary(imported: 2))
    #expect(try other.merge(EvidenceStore(reading: path)) == MergeSummary(known: 2))
    #expect(try other.merge(EvidenceStore(reading: store.path)) == MergeSummary(imported: 1, known: 2))
    #expect(try other.verify().isIntact)
    let again = try exported(other, ["r-2", "r-0"], as: "again")
    #expect(FileManager.default.contents(atPath: again) == FileManager.default.contents(atPath: path))
    #expect(try other.signers(of: RunID("r-0"), among: [key.publicKey]) == [key.publicKey])
  }

  @Test func `of a later schema is not taken`() throws {
    let path = try exported(try filled())
    let later = try lines(ofBundle: path).joined()
      .replacing("\"schema\":\(Schema.version)}", with: "\"schema\":\(Schema.version + 1)}")
    try later.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: EvidenceError.self) { try EvidenceStore(reading: path) }
    #expect(error?.description.contains("newer warmth") == true)
  }

  @Test func `that was unpacked says the same`() throws {
    let store = try filled()
    let path = try exported(store)
    try lines(ofBundle: path).joined().write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try EvidenceStore(reading: path).runs(limit: 9) == store.runs(limit: 9))
  }

  @Test func `can be checked with common tools`() throws {
    let path = try exported(try filled(), ["r-0"])
    let script = """
      set -e
      cd "$(dirname "$1")"
      zstd -qdc "$1" > "$1.lines"
      content=$(grep '^{"record"' "$1.lines" | sha256sum | cut -c1-64)
      # Each entry that the record names is there.
      grep -v -e '^{"record"' -e '^{"bundle"' -e '^{"signature"' -e '^{"end"' "$1.lines" > entries
      while IFS= read -r line; do
        digest=$(printf '%s\\n' "$line" | sha256sum | cut -c1-64)
        grep '^{"record"' "$1.lines" | grep -q "$digest"
      done < entries
      signature=$(sed -n 's/^{"signature":"collector-1:\\([^"]*\\)".*/\\1/p' "$1.lines")
      cd "$(dirname "$1")"
      printf %s "$signature" | base64 -d > signature
      { printf '\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21\\x00'; printf %s "$2" | base64 -d; } > key.der
      printf 'warmth-run-1;r-0;sha256:%s' "$content" > message
      openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in message -sigfile signature
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    let secret = "\(key.publicKey)".split(separator: ":", maxSplits: 1)[1]
    process.arguments = ["-c", script, "check", path, String(secret)]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `that was changed in any line or byte is refused`() throws {
    let store = try filled()
    let whole = Data(try lines(ofBundle: try exported(store, ["r-0", "r-1"])).joined().utf8)
    let lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    let target = try EvidenceStore(creatingAt: "\(drawer.directory)/target.sqlite")
    var generator = SystemRandomNumberGenerator()
    func isRefused(_ bytes: Data, _ what: String) throws {
      let path = "\(drawer.directory)/forged.bundle"
      try bytes.write(to: URL(filePath: path))
      #expect(throws: EvidenceError.self, "\(what)") {
        let forged = try EvidenceStore(reading: path)
        // The signature covers everything in a bundle about a run. A change that loses the signature counts
        // as noticed.
        if try forged.signers(of: RunID("r-0"), among: [self.key.publicKey]).isEmpty {
          throw EvidenceError(path, .unfinished)
        }
        _ = try target.merge(forged)
      }
    }
    for number in lines.indices {
      var fewer = Array(lines)
      fewer.remove(at: number)
      try isRefused(Data(fewer.map { $0 + [UInt8(ascii: "\n")] }.joined()), "without line \(number + 1)")
    }
    for _ in 0..<60 {
      var bytes = whole
      // The first line is left out, because it has only the format and the schema.
      let place = Int.random(in: (lines.first?.count ?? 0)..<bytes.count, using: &generator)
      bytes[place] = bytes[place] ^ (1 << UInt8.random(in: 0..<7, using: &generator))
      let line = whole.prefix(place).count { $0 == UInt8(ascii: "\n") }
      try isRefused(bytes, "byte \(place), in line \(line + 1)")
    }
    // No digest covers the last line, so every byte of it is changed.
    for place in (whole.count - (lines.last?.count ?? 0) - 1)..<(whole.count - 1) {
      var bytes = whole
      bytes[place] ^= 1
      try isRefused(bytes, "byte \(place), in the last line")
    }
    for length in [0, 1, 20, whole.count / 2, whole.count - 1] {
      try isRefused(whole.prefix(length), "cut after \(length) bytes")
    }
    #expect(try target.runs(limit: 1).isEmpty)
    #expect(try target.verify().isIntact)
  }

  @Test func `that was changed or cut while it is packed is refused`() throws {
    let whole = try #require(
      FileManager.default.contents(atPath: try exported(try filled(), ["r-0", "r-1"])))
    let path = "\(drawer.directory)/forged.bundle"
    var generator = SystemRandomNumberGenerator()
    func isRefused(_ bytes: Data, _ what: String) throws {
      try bytes.write(to: URL(filePath: path))
      #expect(throws: EvidenceError.self, "\(what)") { try EvidenceStore(reading: path) }
    }
    for _ in 0..<40 {
      var bytes = whole
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      try isRefused(bytes, "byte \(place)")
    }
    for length in [3, 5, 20, whole.count / 2, whole.count - 1] {
      try isRefused(whole.prefix(length), "cut after \(length) bytes")
    }
    try isRefused(whole + [0], "a byte too many")
  }

  @Test func `of unsigned runs is refused where signatures are asked for`() throws {
    let store = try filled()
    let target = try EvidenceStore(creatingAt: "\(drawer.directory)/target.sqlite")
    let all = try EvidenceStore(reading: try exported(store))
    let error = #expect(throws: EvidenceError.self) { try target.merge(all, trusting: [self.key.publicKey]) }
    #expect(error?.flaw == .unverified(.unsigned(RunID("r-1"))))
    let signed = try EvidenceStore(reading: try exported(store, ["r-0"], as: "signed"))
    let stranger = try SigningKey(named: "collector-1").publicKey
    #expect(throws: EvidenceError.self) { try target.merge(signed, trusting: [stranger]) }
    #expect(try target.merge(signed, trusting: [stranger, key.publicKey]) == MergeSummary(imported: 1))
  }
}
