import Foundation
import NixModel

/// The image that a machine boots.
public enum NetbootImage: Hashable, Sendable {
  /// The script of an image that may be replaced at any time: it knows its own `init`, and appends `${cmdline}`.
  case chained(script: String)
  /// A kernel and an initrd that stay the same.
  case pinned(Pin)

  /// The images of nix-community/nixos-images, which are made anew every week.
  public static let nixosUnstable =
    "https://github.com/nix-community/nixos-images/releases/download/nixos-unstable/"
  /// The script of an x86_64 image below its base.
  static let script = "netboot-x86_64-linux.ipxe"

  /// A pinned image, as a JSON file has it.
  public struct Pin: Hashable, Sendable, Decodable {
    /// The kernel's address.
    public let kernel: String
    /// The initrd's address.
    public let initrd: String
    /// The program that the initrd starts, such as `/nix/store/…/init`; `nil` for the initrd's own choice.
    public let `init`: String?
    /// Further parameters of the kernel.
    public let parameters: String?
    /// The SHA-256 of both files, as hexadecimal digits.
    public let kernelSHA256: String?
    public let initrdSHA256: String?

    /// The command line that the image needs.
    var commandLine: String {
      let name = initrd.split(separator: "/").last ?? ""
      return
        (["initrd=\(name)"] + (`init`.map { ["init=\($0)"] } ?? []) + (parameters.map { [$0] } ?? [])).joined(
          separator: " ")
    }
  }

  /// The image below `base`, or whose script it is.
  public init(base: String) throws(PlanFlaw) {
    let script = base.hasSuffix(".ipxe") ? base : base + (base.hasSuffix("/") ? "" : "/") + Self.script
    self = .chained(script: try Self.address(script))
  }

  /// The image that a JSON file pins.
  public init(pin text: [UInt8]) throws(PlanFlaw) {
    let pin: Pin
    do { pin = try JSONDecoder().decode(Pin.self, from: Data(text)) } catch {
      throw .pin("it needs \"kernel\" and \"initrd\", and may have \"init\", \"parameters\" and digests")
    }
    _ = try Self.address(pin.kernel)
    _ = try Self.address(pin.initrd)
    for digest in [pin.kernelSHA256, pin.initrdSHA256].compactMap(\.self) {
      guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else {
        throw .pin("'\(digest.excerpt)' is no SHA-256 in 64 hexadecimal digits")
      }
    }
    for words in [pin.`init`, pin.parameters].compactMap(\.self) {
      _ = try KernelCommandLine(words.split(separator: " ").map(String.init))
    }
    self = .pinned(pin)
  }

  /// An address that stands in a script as one word.
  private static func address(_ text: String) throws(PlanFlaw) -> String {
    guard WebAddress(parsing: text) != nil, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      !text.contains("${"), !text.contains("@")
    else { throw .address(text) }
    return text
  }
}
