import Foundation
import NixModel

/// A list of targets, one on each line (`--targets-from`). Blank lines are left out, and so are comments: the text from a
/// `#` at the beginning of a line or behind a space.
struct TargetFile {
  static let standardInput = "-"
  /// In bytes; an installable has some dozens.
  private static let largest = 16 << 20

  private let name: String

  init(_ name: String) { self.name = name }

  /// The targets as they stand there.
  ///
  /// - Parameter root: what attributes are of.
  func installables(of root: Installable.Root?) throws(Failure) -> [Installable] {
    var installables: [Installable] = []
    for (number, line) in try lines().enumerated() {
      guard let target = Self.target(in: line) else { continue }
      guard installables.count < TargetList.longest else {
        throw Failure(
          .usage, "\(shown) has more than \(TargetList.longest) targets; split it into several lists")
      }
      do { installables.append(try Installable(parsing: target, of: root)) } catch {
        throw Failure(.usage, "\(shown), line \(number + 1): \(error)")
      }
    }
    guard !installables.isEmpty else { throw Failure(.usage, "\(shown) names no targets") }
    return installables
  }

  /// A line without its comment.
  static func target(in line: Substring.UTF8View) -> String? {
    var said = line
    var before = UInt8(ascii: " ")
    for (index, byte) in zip(line.indices, line) {
      if byte == UInt8(ascii: "#"), isSpace(before) {
        said = line[..<index]
        break
      }
      before = byte
    }
    guard let first = said.firstIndex(where: { !isSpace($0) }),
      let last = said.lastIndex(where: { !isSpace($0) })
    else { return nil }
    return String(decoding: said[first...last], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D].contains(byte) }

  private var shown: String { name == Self.standardInput ? "standard input" : "'\(name)'" }

  /// By bytes, because to Swift a carriage return and a line feed are one character that is neither.
  private func lines() throws(Failure) -> [Substring.UTF8View] {
    try text().utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  /// All of it.
  func text() throws(Failure) -> String {
    let isInput = name == Self.standardInput
    var isDirectory: ObjCBool = false
    guard
      isInput || !FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory)
        || !isDirectory.boolValue
    else { throw Failure(.usage, "the targets in \(shown) cannot be read: it is a directory, and no list") }
    guard let file = isInput ? .standardInput : FileHandle(forReadingAtPath: name) else {
      throw Failure(.usage, "the targets in \(shown) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { if !isInput { try? file.close() } }
    var bytes = Data()
    do {
      while bytes.count <= Self.largest, let more = try file.read(upToCount: 1 << 16), !more.isEmpty {
        bytes += more
      }
    } catch {
      throw Failure(.usage, "the targets in \(shown) cannot be read: \(error.localizedDescription)")
    }
    guard bytes.count <= Self.largest else {
      throw Failure(.usage, "\(shown) has more than \(Self.largest >> 20) MiB, which is no list of targets")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw Failure(.usage, "\(shown) is not UTF-8, and so no list of targets")
    }
    return text
  }
}
