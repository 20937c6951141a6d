import Foundation
import NixModel

extension FuzzTarget {
  static func installable(_ bytes: [UInt8]) throws(BrokenPromise) {
    let text = String(decoding: Planted.into(bytes), as: UTF8.self)
    if let directory = StoreDirectory(text) {
      try expect(StoreDirectory(directory.path) == directory, "a directory reads the same when it is printed")
      try expect(directory.path.utf8.last != UInt8(ascii: "/"), "a directory has no final slash")
    }
    do {
      let path = try StorePath(parsing: text)
      try expect(Array(path.description.utf8) == Array(text.utf8), "a path is printed as it was read")
    } catch let error as StorePathError {
      try expectPresentable(error.description, of: bytes)
    } catch let error as BrokenPromise {
      throw error
    } catch {
      throw BrokenPromise(description: "the error is a StorePathError")
    }
    for root: Installable.Root? in [nil, .file("lab.nix"), .expression("import ./lab.nix")] {
      do { try expectToSurvive(try Installable(parsing: text, of: root)) } catch {
        switch error {
        case let error as InstallableError: try expectPresentable(error.description, of: bytes)
        case let error as BrokenPromise: throw error
        default: throw BrokenPromise(description: "the error is an InstallableError")
        }
      }
    }
  }

  private static func expectToSurvive(_ installable: Installable) throws {
    let stored = try JSONEncoder().encode(installable)
    let read = try JSONDecoder().decode(Installable.self, from: stored)
    try expect(read == installable, "an installable survives its being stored")
    switch installable {
    case .file, .expression, .flagged: return
    // `/nix/store/…#` is a flake, and is printed without the sign that makes it one.
    case .flake(let reference, "", _) where reference.hasPrefix("/nix/store/"): return
    case .flake, .derivation, .path:
      try expect(
        try Installable(parsing: installable.description) == installable,
        "an installable reads the same when it is printed: \(installable.description.debugDescription)")
    }
  }
}
