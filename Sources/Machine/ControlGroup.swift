import Foundation

/// The control group of this process (cgroups(7)).
public enum ControlGroup {
  /// Its highest memory use in bytes, where the kernel says (version 2, else version 1).
  public static func memoryPeak() -> UInt64? {
    for line in SystemFile.text(at: "/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let file =
        switch (parts[0], parts[1].split(separator: ",").contains("memory")) {
        case ("0", _): "/sys/fs/cgroup\(parts[2])/memory.peak"
        case (_, true): "/sys/fs/cgroup/memory\(parts[2])/memory.max_usage_in_bytes"
        case (_, false): ""
        }
      if let peak = SystemFile.text(at: file).flatMap({
        UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }) {
        return peak
      }
    }
    return nil
  }
}
