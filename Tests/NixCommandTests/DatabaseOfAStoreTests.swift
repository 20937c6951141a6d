import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import NixCommand

/// Databases of real stores, as `Tests/NixLogTests/Fixtures/record` dumped them: guestfs-tools was copied, and
/// nosubst built.
@Suite struct `The database of a store` {
  @Test(arguments: ["2.3.7", "2.8.0", "2.26.3", "2.34.8"])
  func `of any Nix tells what was copied from what was built`(version: String) throws {
    let fixture = try #require(Bundle.module.url(forResource: "Fixtures/\(version)", withExtension: "sql"))
    let dump = try String(contentsOf: fixture, encoding: .utf8)
    let key = try PublicKey(parsing: dump.prefix { $0 != "\n" }.dropFirst(3))
    let file = Scratch.path("test") + ".sqlite"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try DatabaseQueue(path: file).inDatabase { try $0.execute(sql: dump) }

    let paths = try [
      "9nf7i4m0mv4qwn9hqiwi4yzc2hql957r-guestfs-tools-1.54.0",
      "dpyk2d6fwschda254113hba1r9944s6w-libguestfs-1.54.1",
      "5fsv47kxfn561mixjp5fy3jrc0az7vj8-nosubst-1.0", "00000000000000000000000000000000-nothing",
    ].map { try StorePath(parsing: "/nix/store/\($0)") }
    let database = StoreDatabase(path: file)
    let entries = try database.entries(of: paths)
    let found = entries.mapValues(\.registration)
    #expect(Set(found.keys) == Set(paths.dropLast()))
    #expect(paths.dropLast().map { found[$0]?.isUltimate } == [false, false, true])
    #expect(found[paths[0]]?.references.contains(paths[1]) == true)
    let authorities = paths.map { found[$0]?.authority(of: $0, trusting: TrustedKeys([key]))?.signers }
    // What is registered later has a higher row than all that is there.
    let highest = try database.highestRow()
    #expect(entries.values.allSatisfy { (1...highest).contains($0.row) })
    try DatabaseQueue(path: file).inDatabase {
      try $0.execute(
        sql: """
          DELETE FROM Refs; DELETE FROM ValidPaths WHERE id = (SELECT max(id) FROM ValidPaths);
          INSERT INTO ValidPaths (path, hash, registrationTime) VALUES ('/nix/store/later', 'sha256:0', 0)
          """)
    }
    #expect(try database.highestRow() == highest + 1)
    #expect(authorities == [["lab-1"], ["lab-1"], nil, nil])
  }
}
