import Foundation
import FuzzTargets

/// The inputs that a reader is known to be touched by: seeds, and what was once found.
struct Corpus {
  /// By their files' names.
  let inputs: [(name: String, bytes: [UInt8])]
  /// Words that the target's inputs are made of.
  let words: [[UInt8]]

  init(of target: FuzzTarget) throws {
    guard let folder = Bundle.module.url(forResource: "Corpus", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    let files = try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: target.rawValue), includingPropertiesForKeys: nil)
    inputs = try files.sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
    let dictionary = try String(contentsOf: folder.appending(path: "\(target).dict"), encoding: .utf8)
    words = dictionary.split(separator: "\n").filter { $0.hasPrefix("\"") }.map(Self.word)
  }

  /// A word in libFuzzer's notation: `"a\x0Ab\\"`.
  private static func word(_ line: Substring) -> [UInt8] {
    var rest = Array(line.utf8.dropFirst().dropLast())[...]
    var word: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
        word.append(byte)
        continue
      }
      guard escaped == UInt8(ascii: "x") else {
        word.append(escaped)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      word.append(UInt8(digits, radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return word
  }
}
