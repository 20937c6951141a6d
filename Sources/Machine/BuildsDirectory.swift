import Foundation

/// Nix's build directory. It must be one that nobody else can reach into; Nix 2.30 and newer refuses others as well.
public struct BuildsDirectory: Sendable {
  private let path: String
  private let isAskedFor: Bool
  private let needsVolume: Bool

  /// - Parameters:
  ///   - path: where it is, if it was said.
  ///   - needsVolume: whether it must be a volume of its own, other than that of temporary files.
  /// - Returns: `nil` where the path is not absolute, as Nix's own setting is.
  public init?(_ path: String?, needsVolume: Bool) {
    guard path?.hasPrefix("/") ?? true else { return nil }
    var place = path ?? "/nix/var/nix/builds"
    while place.count > 1, place.last == "/" { place.removeLast() }
    self.path = place
    self.needsVolume = needsVolume
    isAskedFor = path != nil || needsVolume
  }

  /// Closes it to others. An `emptyDir` is open to everybody (0777, or 2777 with an `fsGroup`), and so is the one
  /// behind `/tmp`.
  public func prepare() {
    chmod(path, 0o755)
    chmod("/tmp", 0o1777)
  }

  /// Why nothing may be built in it, and what to do; `nil` where it is safe.
  public func flaw() -> String? {
    var facts = stat()
    if lstat(path, &facts) != 0 {
      guard isAskedFor else { return nil }
      // Without the set-group-ID bit that it would have from the one above it.
      guard
        (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil,
        chmod(path, 0o755) == 0, lstat(path, &facts) == 0
      else {
        return
          "the build directory \(path) does not exist and cannot be made here; as root: mkdir -p \(path) && chmod 00755 \(path)"
      }
    }
    let mode = facts.st_mode & 0o7777
    let shown = String(mode, radix: 8)
    switch facts.st_mode & S_IFMT {
    case S_IFLNK:
      return "the build directory \(path) is a symbolic link, which can be turned elsewhere during a build"
    case S_IFDIR: break
    default: return "the build directory \(path) is no directory"
    }
    guard mode & 0o002 == 0 else {
      return
        "the build directory \(path) is world-writable (mode \(shown)): anybody could change a build. \(mode & 0o1000 == 0 ? "chmod 00755 \(path)" : "Others use it as well, so name another with --builds-dir")"
    }
    guard mode == 0o755 else {
      return "the build directory \(path) has mode \(shown) instead of 755. chmod 00755 \(path)"
    }
    return flawAbove() ?? (needsVolume ? flawOfVolume() : nil)
  }

  private func flawAbove() -> String? {
    var place = (path as NSString).deletingLastPathComponent
    while place != "/", !place.isEmpty {
      var facts = stat()
      let isThere = lstat(place, &facts) == 0
      guard isThere, facts.st_mode & S_IFMT == S_IFDIR, facts.st_mode & 0o002 == 0 else {
        let kind = facts.st_mode & S_IFMT == S_IFLNK ? "a symbolic link" : "a directory"
        let mode = String(facts.st_mode & 0o7777, radix: 8)
        return
          "the build directory \(path) is below \(place), \(kind) of mode \(mode), where others can put another in its place"
      }
      place = (place as NSString).deletingLastPathComponent
    }
    return nil
  }

  private func flawOfVolume() -> String? {
    let real = Self.real(path)
    let mounts = Mount.all()
    let own = Mount.holding(real, among: mounts)
    guard let own, own.point == real else {
      return
        "the build directory \(path) is on the volume of \(own?.point ?? "/"), and a volume of its own was asked for"
    }
    let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    for place in ["/tmp", temporary]
    where Mount.holding(Self.real(place), among: mounts)?.source == own.source {
      return
        "the build directory \(path) and \(place) are the same volume, and separate ones were asked for"
    }
    return nil
  }

  private static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
