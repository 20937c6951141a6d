/// The script that a machine's firmware runs. It tries for ever: the deadline ends it.
public struct IPXEScript: Hashable, Sendable {
  /// The script's text, which begins with `#!ipxe`.
  public let text: String
  /// The kernel's whole command line, or the part of it that is known beforehand.
  public let commandLine: String

  /// - Throws: ``PlanFlaw`` where the command line is too long.
  public init(of image: NetbootImage, adding own: KernelCommandLine) throws(PlanFlaw) {
    let steps: [String]
    switch image {
    case .chained(let script):
      commandLine = try own.after(nil)
      steps = ["set cmdline \(commandLine)", "chain \(script)"]
    case .pinned(let pin):
      commandLine = try own.after(pin.commandLine)
      steps = [
        "kernel \(pin.kernel) \(commandLine) || goto failed", "initrd \(pin.initrd) || goto failed", "boot",
      ]
    }
    text =
      (["#!ipxe", "isset ${ip} || dhcp", ":start"] + steps + [
        ":failed", "echo warmth: the image could not be fetched or started; trying again in 10 seconds",
        "imgfree",
        "sleep 10", "goto start", "",
      ]).joined(separator: "\n")
  }
}
