/// Paths as an operator names them: one in full, all of one hash, or all of a name.
public enum PathPattern: Hashable, Sendable {
  /// `/nix/store/…-hello-2.12.1`, or without the directory.
  case path(StorePath)
  /// The 32 characters of the hash.
  case hash(String)
  /// A name such as `hello-2.12.1`, with `*`, `?` and `[…]` as in the shell. Its first character is none of
  /// these, because names are looked for in their order.
  case name(String)

  /// - Throws: ``PathPatternError`` where `text` can name no path.
  public init(parsing text: String) throws(PathPatternError) {
    if text.utf8.starts(with: "\(StoreDirectory.standard.path)/".utf8) {
      do { self = .path(try StorePath(parsing: text)) } catch {
        throw PathPatternError(message: error.description)
      }
    } else if let path = try? StorePath(baseName: text) {
      self = .path(path)
    } else if text.utf8.count == StorePath.hashLength, (try? StorePath(baseName: "\(text)-x")) != nil {
      self = .hash(text)
    } else if let first = text.first, !Self.wildcards.contains(first), !text.contains("/") {
      self = .name(text)
    } else {
      throw PathPatternError(
        message:
          "'\(text.prefix(80))' names no store path: give one in full, its hash, or a name that begins with a letter or digit, such as 'libguestfs-*'"
      )
    }
  }

  private static let wildcards: Set<Character> = ["*", "?", "["]

  /// The part of a name before its first wildcard.
  package static func literal(of name: String) -> Substring { name.prefix { !wildcards.contains($0) } }
}

/// Why a text names no path.
public struct PathPatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence that names the given text and the forms that are accepted.
  public let message: String
  public var description: String { message }
}
