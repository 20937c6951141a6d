import Foundation
import Testing

/// `docs/security.md` names the suites that show what it says.
@Suite struct `The page about trust` {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  /// What begins as a suite's name does, in code marks.
  private static func named() throws -> Set<String> {
    let page = try String(contentsOf: root.appending(path: "docs/security.md"), encoding: .utf8)
    let suites = /`((?:A|An|The|What|Nothing|Planted|Means|Habits) [^`]+)`/
    return Set(page.matches(of: suites).map { String($0.1) })
  }

  @Test func `names suites that there are`() throws {
    let named = try Self.named()
    #expect(named.count > 12)
    let tests = Self.root.appending(path: "Tests")
    let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
    var missing = named
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      missing = missing.filter { !text.contains("struct `\($0)`") && !text.contains("class `\($0)`") }
    }
    #expect(missing.isEmpty)
  }
}
