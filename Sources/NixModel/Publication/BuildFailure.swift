/// Why a build failed, as far as there is evidence for it.
public struct BuildFailure: Sendable {
  private let complaints: [Complaint]
  /// What the builder printed, if that is there.
  private let log: String?
  /// How many processes the kernel had killed for want of memory, where it says so.
  private let kills: (before: UInt64?, after: UInt64?)

  /// - Parameters:
  ///   - complaints: Nix's own, in order.
  ///   - log: the text that the builder printed, if it is there.
  ///   - kills: how many processes the kernel had killed for want of memory, before and after, where it says so.
  public init(complaints: [Complaint], log: String?, kills: (before: UInt64?, after: UInt64?)) {
    (self.complaints, self.log, self.kills) = (complaints, log, kills)
  }

  private static let mostLines = 20
  private static let mostScalars = 4000

  /// The cause.
  public var kind: PublishedTarget.Failure.Kind {
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
  ///
  /// - Parameter group: the place of the control group.
  public func evidence(in group: String?) -> String {
    guard let (before, after) = figures, let group else {
      return "There is no cgroup evidence, so whether memory ran out is not known."
    }
    guard after > before else {
      return
        "This is not out of memory by the evidence of the control group: oom_kill stayed at \(before)."
    }
    return
      "Out of memory: oom_kill in the control group \(group) went from \(before) to \(after) during this build."
  }

  /// The end of the builder's log, or Nix's own words where there is none.
  public func lastLines(orElse message: String) -> String {
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
