import Foundation
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// Bundles in the lines of a log, with other text in front, between and after them.
@Suite final class `A log with bundles` {
  private let drawer = Drawer()
  private let source: EvidenceStore

  init() throws {
    source = try EvidenceStore(creatingAt: drawer.path)
    for (number, scene) in try variousScenes().enumerated() {
      var scene = scene
      // This makes a bundle of several lines, because hashes of paths do not pack.
      for other in 0..<(number == 2 ? 900 : 0) { scene.survey.answers[try Make.path("p-\(other)")] = [] }
      try source.record(
        try start("20260503T12000\(number)Z-4k7xb\(number)", at: 1_777_809_600 + Double(number)), scene)
    }
  }

  private func lines(_ run: String) throws -> [String] {
    let file = URL(filePath: "\(drawer.directory)/\(UUID().uuidString)")
    try Data().write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try source.export([RunID(run)]) { try handle.write(contentsOf: $0) }
    try handle.close()
    var lines: [String] = []
    try BundleLog.write(file, of: RunID(run)) { lines.append($0) }
    return lines
  }

  private func log(_ text: some StringProtocol) throws -> String {
    let path = "\(drawer.directory)/\(UUID().uuidString).log"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  private func runs(_ lines: [String]) throws -> [Run] {
    try EvidenceStore(reading: try log(lines.map { "\($0)\n" }.joined())).runs(limit: 9)
  }

  private func recorded(_ id: String) throws -> Run { try #require(try source.run(RunID(id))) }

  private let chatter = [
    "proving 2 targets", "", "copying path '/nix/store/…' from 'https://cache'", "@warmth-bundle", "@warmth-",
    "the word @warmth-bundle is said here", "x@warmth-bundle 20260503T120000Z-4k7xb0 1/9 AAAA",
    "@nix {\"action\":\"msg\"}",
    String(repeating: "@warmth-bundle ", count: 9000),
  ]

  @Test func `is read like the bundle, whatever stands around it`() throws {
    let bundle = try lines("20260503T120002Z-4k7xb2")
    #expect(bundle.count > 1)
    #expect(bundle.allSatisfy { $0.utf8.count < 8192 })
    var mixed = chatter
    for line in bundle { mixed += [line, chatter.randomElement() ?? ""] }
    let store = try EvidenceStore(reading: try log(mixed.joined(separator: "\n")))
    #expect(try store.runs(limit: 9) == [recorded("20260503T120002Z-4k7xb2")])
    #expect(
      try store.testimony(of: RunID("20260503T120002Z-4k7xb2"))
        == source.testimony(of: RunID("20260503T120002Z-4k7xb2")))
    #expect(try store.verify().isIntact)
  }

  @Test(arguments: [
    "[pod/warmth-prove-0-x7k2p/warmth] ", "2026-11-21T20:00:00.123456789Z ",
    "2026-11-21T20:00:00.123456789Z stderr F ", "[pod/a/b] 2026-11-21T20:00:00Z ", "<6>", "prove-1  | ",
    "2026-11-21T20:00:00.000000Z 01E ", "Nov 21 20:00:00 node-1 warmth[7]: ", "\t ",
  ])
  func `is read behind whatever a collector put in front of each line`(prefix: String) throws {
    // A priority such as `<6>` has no space behind it.
    let bundle = try lines("20260503T120002Z-4k7xb2").map { prefix == "<6>" ? "<6> \($0)" : prefix + $0 }
    #expect(try runs(bundle) == [recorded("20260503T120002Z-4k7xb2")])
    #expect(try runs(bundle.map { "\($0)\r" }) == [recorded("20260503T120002Z-4k7xb2")])
  }

  @Test func `can hold several, line by line in any order, and twice`() throws {
    var generator = SplitMix(seed: 7)
    let all = try ["20260503T120000Z-4k7xb0", "20260503T120001Z-4k7xb1", "20260503T120002Z-4k7xb2"].flatMap {
      try lines($0)
    }
    let expected = try source.runs(limit: 9)
    #expect(expected.count == 3)
    for _ in 0..<5 {
      let store = try EvidenceStore(
        reading: try log((all + all).shuffled(using: &generator).joined(separator: "\n")))
      #expect(try store.runs(limit: 9) == expected)
      #expect(try store.verify().isIntact)
      let target = try EvidenceStore(creatingAt: "\(drawer.directory)/\(UUID().uuidString).sqlite")
      #expect(try target.merge(store) == MergeSummary(imported: 3))
      #expect(try target.merge(store) == MergeSummary(known: 3))
    }
  }

  @Test func `that lacks a line says which`() throws {
    let bundle = try lines("20260503T120002Z-4k7xb2")
    let other = try lines("20260503T120000Z-4k7xb0")
    for missing in bundle.indices {
      var rest = bundle
      rest.remove(at: missing)
      let error = #expect(throws: EvidenceError.self) { try runs(other + rest) }
      #expect(
        error?.flaw
          == .incompleteLog(run: "20260503T120002Z-4k7xb2", missing: [missing + 1], parts: bundle.count))
      #expect(error?.description.contains("part \(missing + 1) is missing or cut") == true)
    }
    let alone = String(try #require(bundle.first).dropLast(3))
    let error = #expect(throws: EvidenceError.self) { try runs([alone]) }
    #expect(
      error?.flaw
        == .incompleteLog(
          run: "20260503T120002Z-4k7xb2", missing: Array(1...bundle.count), parts: bundle.count))
  }

  /// A log that was cut or changed at any byte never gives a run other than the recorded one.
  @Test func `that was cut or changed anywhere is refused or says the same`() throws {
    var generator = SplitMix(seed: UInt64.random(in: 0 ... .max))
    let seed = generator
    let whole = Array(try lines("20260503T120002Z-4k7xb2").map { "pod | \($0)\n" }.joined().utf8)
    let run = try recorded("20260503T120002Z-4k7xb2")
    var refused = 0
    for number in 0..<80 {
      var bytes = whole
      switch number % 4 {
      case 0: bytes = Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &generator)))
      case 1: bytes = Array(bytes.dropFirst(Int.random(in: 1..<bytes.count, using: &generator)))
      case 2:
        let start = Int.random(in: 0..<bytes.count - 1, using: &generator)
        bytes.removeSubrange(start..<Int.random(in: start + 1..<bytes.count, using: &generator))
      default:
        let place = bytes.indices.randomElement(using: &generator) ?? 0
        bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &generator)
      }
      let path = try log(String(decoding: bytes, as: UTF8.self))
      do { #expect(try EvidenceStore(reading: path).runs(limit: 9) == [run], "\(seed)") } catch {
        refused += 1
      }
      try FileManager.default.removeItem(atPath: path)
    }
    // A changed prefix or a missing end of the last line does no harm. Nearly everything else does.
    #expect(refused > 60)
  }

  @Test func `that holds none is no store`() throws {
    for text in [chatter.joined(separator: "\n"), "x", "\n"] {
      let error = #expect(throws: EvidenceError.self) { try EvidenceStore(reading: try log(text)) }
      #expect([.notADatabase, .empty].contains(error?.flaw))
    }
  }

  @Test func `is not recorded into`() throws {
    let path = try log(try lines("20260503T120000Z-4k7xb0").joined(separator: "\n"))
    let before = FileManager.default.contents(atPath: path)
    #expect(throws: EvidenceError.self) { try EvidenceStore(creatingAt: path) }
    #expect(FileManager.default.contents(atPath: path) == before)
  }

  @Test func `is asked by the digest that its lines name, and no other`() throws {
    let bundle = try lines("20260503T120002Z-4k7xb2")
    // Lines of two bundles of one run are not mixed.
    let forged = bundle.map { "\($0.dropLast())\($0.hasSuffix("0") ? 1 : 0)" }
    let error = #expect(throws: EvidenceError.self) { try runs(forged) }
    #expect(error?.flaw == .damagedLog(run: "20260503T120002Z-4k7xb2"))
    let mixed = #expect(throws: EvidenceError.self) { try runs([bundle[0]] + forged.dropFirst()) }
    guard case .incompleteLog? = mixed?.flaw else {
      Issue.record("\(String(describing: mixed))")
      return
    }
  }

  /// A stray line must not have the rest of the log refused, because strangers can write into a log.
  @Test func `is read beside lines that only look like a bundle's`() throws {
    let id = "20260503T120002Z-4k7xb2"
    let (bundle, expected) = (try lines(id), try recorded(id))
    let digest = String(repeating: "0", count: 64)
    for stray in [
      "Nix says: @warmth-bundle x 1/2 ", "@warmth-bundle x 1/2 eA== \(digest)",
      "@warmth-bundle \(id) 1/1 eA== \(digest)", "@warmth-bundle \(id) 1/1 %%%% \(digest)",
      "@warmth-bundle \(id) 1/2 eA== \(digest)", "@warmth-bundle \(id) 1/2 ",
    ] {
      #expect(try runs([stray] + bundle) == [expected], "\(stray)")
      #expect(try runs(bundle + [stray]) == [expected], "\(stray)")
    }
    // A run that only a stray line names makes the log damaged.
    let alone = #expect(throws: EvidenceError.self) {
      try self.runs(bundle + ["@warmth-bundle 20260503T120009Z-4k7xb9 1/1 eA== \(digest)"])
    }
    #expect(alone?.flaw == .damagedLog(run: "20260503T120009Z-4k7xb9"))
  }

  @Test func `that holds more bundles than any does is refused`() throws {
    let digest = String(repeating: "0", count: 64)
    let lines = (0...BundleLog.mostBundles).map { number in
      let name = "20260503T120000Z-\(String(number + 100_000))"
      return "@warmth-bundle \(name) 1/1 \(number % 2 == 0 ? "eA== \(digest)" : "")"
    }
    let error = #expect(throws: EvidenceError.self) { try runs(lines) }
    #expect(error?.flaw == .tooManyBundles(most: BundleLog.mostBundles))
    // With one bundle fewer, the log is read.
    let fewer = #expect(throws: EvidenceError.self) { try runs(Array(lines.dropLast())) }
    #expect(fewer?.flaw == .damagedLog(run: "20260503T120000Z-100000"))
  }

  /// A stranger's text in a publisher's summary must not come in as a proof.
  @Test func `is no summary, whatever stands in that`() throws {
    let bundle = try lines("20260503T120000Z-4k7xb0")
    let hidden = "[\n" + bundle.map { "\" \($0) \"\n" }.joined(separator: ",") + "]"
    let summary = try Make.summary().replacing("[{}]", with: hidden)
    #expect(summary.contains("\n\" @warmth-bundle "))
    let moved = summary.replacing("\"schema\": \"warmth/publication/v1\", ", with: "").replacing(
      "\"cgroup\":", with: "\"schema\": \"warmth/publication/v1\", \"cgroup\":")
    for text in [summary, moved] {
      let store = try EvidenceStore(reading: try log(text))
      #expect(try store.publications(limit: 9).count == 1)
      #expect(try store.runs(limit: 9).isEmpty)
    }
    // A summary that was cut off is a damaged summary.
    let error = #expect(throws: EvidenceError.self) {
      try EvidenceStore(reading: try log(summary.dropLast(9)))
    }
    guard case .malformedSummary? = error?.flaw else {
      Issue.record("\(String(describing: error))")
      return
    }
    // A log may begin like a document.
    for first in ["{\"level\": \"info\"}", "{", "{ \"schema\": \"x\" }"] {
      #expect(try runs([first] + bundle) == [recorded("20260503T120000Z-4k7xb0")], "\(first)")
    }
  }
}
