import NixModel

/// Why a builder cannot be planned.
public enum PlanFlaw: Error, Hashable, Sendable {
  /// A word of the kernel's command line that would not arrive as it is.
  case word(String)
  /// The kernel's command line has this many bytes.
  case commandLine(bytes: Int)
  /// An address that is none of a web server.
  case address(String)
  /// The file of a pinned image.
  case pin(String)
  /// The bootstrap has this many bytes, and the provider takes so many.
  case bootstrap(bytes: Int, limit: Int)
  /// The storage's address.
  case destination(String)
  /// A file or text that the bootstrap needs; why it cannot be used.
  case material(String)
  /// There is nothing to build, or it is not said where it comes from.
  case targets(String)
  /// The deadline costs more than is allowed, in millionths of a US dollar.
  case cost(UInt64, limit: UInt64)
  /// The provider has no such kind of machine there; what it has.
  case offer(String)
}

extension PlanFlaw: CustomStringConvertible {
  public var description: String {
    switch self {
    case .word(let word):
      "'\(word.excerpt)' cannot stand on the kernel's command line: spaces, quotes and signs of iPXE would change it"
    case .commandLine(let bytes):
      "the kernel's command line would have \(bytes) bytes, and takes \(KernelCommandLine.longest): what is ours comes last and would be cut off silently; use an image with fewer parameters"
    case .address(let text):
      "'\(text.excerpt)' is no address that a machine's firmware can fetch: give http:// or https:// without user name and spaces"
    case .pin(let flaw): "the pinned image cannot be read: \(flaw)"
    case .bootstrap(let bytes, let limit):
      "the machine's user data would have \(bytes) bytes, and the provider takes \(limit): give fewer targets or keys"
    case .destination(let flaw): "--to: \(flaw)"
    case .material(let flaw): flaw
    case .targets(let flaw): flaw
    case .cost(let cost, let limit):
      "the machine could cost \(Price(cost)) until its deadline, and --max-cost allows \(Price(limit)): nothing was made; choose a shorter --deadline or a cheaper --plan"
    case .offer(let flaw): flaw
    }
  }
}
