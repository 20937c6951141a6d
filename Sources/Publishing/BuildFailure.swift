import Machine
import NixModel

/// Why a build failed, as far as there is evidence for it.
struct BuildFailure: Sendable {
  let complaints: [Complaint]
  /// What the builder printed, if that is there.
  let log: String?
  /// How many processes the kernel had killed for want of memory, where it says so.
  let kills: (before: UInt64?, after: UInt64?)

  private static let mostLines = 20
  private static let mostScalars = 4000

  var kind: PublishedTarget.Failure.Kind {
    if let (before, after) = figures, after > before { return .outOfMemory }
    let texts = complaints.map(\.text) + [log ?? ""]
    if texts.contains(where: Complaint.speaksOfFullDisk) { return .outOfDisk }
    // "building of '….drv' timed out after 1 seconds", "… after 1 seconds of silence" (all versions).
    if complaints.contains(where: { $0.text.contains(" timed out after ") }) { return .timedOut }
    return .buildFailed
  }

  private var figures: (before: UInt64, after: UInt64)? {
    guard let before = kills.before, let after = kills.after else { return nil }
    return (before, after)
  }

  /// A sentence about memory.
  func evidence(in group: ControlGroup?) -> String {
    guard let (before, after) = figures, let group else {
      return "There is no cgroup evidence, so whether memory ran out is not known."
    }
    guard after > before else {
      return
        "This is not out of memory by the evidence of the control group: oom_kill stayed at \(before)."
    }
    return
      "Out of memory: oom_kill in the control group \(group.memory) went from \(before) to \(after) during this build."
  }

  /// The end of the builder's log, or Nix's own words where there is none.
  func lastLines(orElse message: String) -> String {
    let lines = (log ?? "").split(separator: "\n", omittingEmptySubsequences: false).suffix(
      Self.mostLines + 1)
    let text = lines.joined(separator: "\n").trimmingSuffix("\n")
    return String(
      String.UnicodeScalarView((text.isEmpty ? message : text).unicodeScalars.suffix(Self.mostScalars)))
  }
}

extension String {
  fileprivate func trimmingSuffix(_ sign: Character) -> String {
    var text = self
    while text.last == sign { text.removeLast() }
    return text
  }
}
