/// What is added to the kernel's command line, so that systemd makes and starts a unit.
///
/// Everybody on the machine can read it (`/proc/cmdline`, the journal), so no secret is ever on it.
public struct KernelCommandLine: Hashable, Sendable {
  /// The most bytes of a whole command line on x86. iPXE cuts off the rest without a word, and the system boots without
  /// it. Source: iPXE, `src/arch/x86/image/bzimage.c`; Linux, `COMMAND_LINE_SIZE`.
  public static let longest = 2047
  /// What is left for the words of an image that are not known beforehand: its `init=`, `initrd=`, and parameters.
  public static let reservedForImage = 700

  /// The words, in order.
  public let words: [String]

  /// - Throws: ``PlanFlaw`` where a word could not be read back as it is.
  public init(_ words: [String]) throws(PlanFlaw) {
    for word in words {
      guard !word.isEmpty, word.utf8.allSatisfy(Self.isPlain) else { throw .word(word) }
    }
    self.words = words
  }

  /// Letters, digits, and signs that mean nothing to iPXE, to the kernel and to systemd.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "+/=.,:_-@".utf8.contains(byte)
    }
  }

  /// The words that make a unit of this name and have it started, beside the image's own boot.
  ///
  /// Source: systemd 256, `systemd-debug-generator(8)`, `systemd.extra-unit.*`.
  public static func starting(_ unit: UnitFile, named name: String) throws(PlanFlaw) -> KernelCommandLine {
    try KernelCommandLine([
      "systemd.set_credential_binary=systemd.extra-unit.\(name):\(unit.text.base64)", "systemd.wants=\(name)",
      // A machine that has panicked starts again, finds its mark on the disk, and turns itself off.
      "panic=30",
    ])
  }

  /// The words after those of an image.
  ///
  /// - Parameter foreign: the image's own words; `nil` where they are not known.
  /// - Throws: ``PlanFlaw`` where the whole is too long.
  public func after(_ foreign: String?) throws(PlanFlaw) -> String {
    let own = words.joined(separator: " ")
    let before = foreign?.utf8.count ?? Self.reservedForImage
    let whole = before + (before == 0 ? 0 : 1) + own.utf8.count
    guard whole <= Self.longest else { throw .commandLine(bytes: whole) }
    guard let foreign, !foreign.isEmpty else { return own }
    return "\(foreign) \(own)"
  }
}
