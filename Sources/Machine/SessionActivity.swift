import Foundation

/// Whether the processes of a session do anything.
public enum SessionActivity {
  /// The processor time that all processes of a session have had so far, those that have ended included, in clock
  /// ticks.
  public static func ticks(of session: Int32) -> UInt64 {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.compactMap { Int32($0) }.reduce(0) { sum, process in
      // "PID (name) state parent group session …", and a name may hold anything, brackets included.
      guard let rest = SystemFile.text(at: "/proc/\(process)/stat")?.split(separator: ")").last else {
        return sum
      }
      let fields = rest.split(separator: " ")
      guard fields.count > 14, Int32(fields[3]) == session else { return sum }
      return fields[11...14].reduce(sum) { $0 &+ (UInt64($1) ?? 0) }
    }
  }
}
