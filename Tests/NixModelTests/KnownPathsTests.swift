import TestSupport
import Testing

@testable import NixModel

@Suite struct `Known paths` {
  private let start = String(repeating: "a", count: 16)

  private func path(_ rest: Character, _ name: String = "hello-1.0") throws -> StorePath {
    try StorePath(baseName: "\(start)\(String(repeating: rest, count: 16))-\(name)")
  }

  private func found(_ path: StorePath, in known: KnownPaths) -> StorePath? {
    path.withBaseNameBytes { known.path(named: $0, in: path.directory) }
  }

  @Test func `are found by their names, and only in their directory`() throws {
    let path = try Make.path("hello-1.0")
    let known = KnownPaths([path])
    #expect(found(path, in: known) == path)
    #expect(found(try Make.path("other-1.0"), in: known) == nil)
    let elsewhere = try StorePath(baseName: path.baseName, in: #require(StoreDirectory("/gnu/store")))
    #expect(found(elsewhere, in: known) == nil)
    #expect(
      "short".utf8.withContiguousStorageIfAvailable { known.path(named: $0, in: .standard) } == .some(nil))
  }

  @Test func `are told apart though half of their hash is the same, or all of it`() throws {
    let paths = try [path("b"), path("c"), path("b", "hello-1.1"), path("d")]
    var known = KnownPaths([paths[0]])
    for path in paths { #expect(known.shared(path) == path) }
    // Each is news once.
    for path in paths { #expect(known.shared(path) == path) }
    #expect(known.news == Array(paths.dropFirst()))
    for path in paths { #expect([nil, path].contains(found(path, in: known))) }
  }

  @Test func `make the same narinfo as unknown ones`() throws {
    let references = try ["glibc-2.40", "bash-5.2"].map { try Make.path($0) }
    let path = try Make.path("hello-1.0")
    let text = try Make.narinfoText(path, references: references, signedBy: [LabKey("lab-1")])
    let known = KnownPaths([references[0]])
    var asked = 0
    let narinfo = try Narinfo(parsing: text, for: path) { names in
      asked += names.count
      return names.map { known.path(named: $0, in: path.directory) }
    }
    #expect(narinfo == (try Narinfo(parsing: text, for: path)))
    #expect(Set(narinfo.references) == Set(references))
    #expect(asked == 2)
  }
}
