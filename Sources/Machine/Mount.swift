import Foundation

/// A line of `/proc/self/mountinfo` (proc(5)).
public struct Mount {
  let point: String
  /// The file system, and the part of it that is mounted.
  let source: String
  /// Such as `tmpfs`.
  private let kind: Substring

  /// Whether `path` lies in memory, so that nothing of it comes onto a disk, but for swapping.
  public static func isInMemory(_ path: String) -> Bool { holding(path, among: all())?.kind == "tmpfs" }

  static func all() -> [Mount] {
    let lines = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
    return String(decoding: lines, as: UTF8.self).split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 4 else { return nil }
      // A blank is written \040.
      let point = fields[4].replacing(/\\([0-7]{3})/) { match in
        UInt32(match.1, radix: 8).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
      }
      // Behind the optional fields.
      let kind = fields.drop { $0 != "-" }.dropFirst().first ?? ""
      return Mount(point: String(point), source: "\(fields[2]) \(fields[3])", kind: kind)
    }
  }

  /// The mount that a path is on: the last of the deepest.
  static func holding(_ path: String, among mounts: [Mount]) -> Mount? {
    mounts.filter { mount in
      path == mount.point || path.hasPrefix(mount.point == "/" ? "/" : mount.point + "/")
    }.reduce(nil) { deepest, mount in
      mount.point.count >= (deepest?.point.count ?? 0) ? mount : deepest
    }
  }
}
