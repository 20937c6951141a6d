/// A path in a store: its directory, a 32-character hash and a name.
///
/// Source of the rules: Nix, `src/libstore/path.cc`. Accepted:
///
///     /nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello-2.12.1
///
/// Refused: another directory, a file below a store path (`…-hello/bin`), a hash that is not 32
/// characters of Nix's base-32 alphabet, an empty name, a name over 211 bytes, and names with
/// characters outside `0-9 a-z A-Z + - . _ ? =`.
public struct StorePath: Hashable, Sendable {
  /// The logical store that the path belongs to.
  public let directory: StoreDirectory
  /// Hash and name: `7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello-2.12.1`.
  public let baseName: String

  /// How many characters of Nix's base 32 the hash part has.
  public static let hashLength = 32

  /// Parses a full path.
  ///
  /// - Throws: ``StorePathError`` naming the flaw of `text`.
  public init(parsing text: some StringProtocol, in directory: StoreDirectory = .standard)
    throws(StorePathError)
  {
    let text = String(text)
    let rest = text.utf8.dropFirst(directory.path.utf8.count)
    guard text.utf8.starts(with: directory.path.utf8), rest.first == UInt8(ascii: "/") else {
      throw StorePathError(text: text, flaw: .notInDirectory(directory))
    }
    do { try self.init(baseName: Substring(rest.dropFirst()), in: directory) } catch {
      throw StorePathError(text: text, flaw: error.flaw)
    }
  }

  /// Parses the part after the directory, as narinfo references and derivers give it.
  ///
  /// - Throws: ``StorePathError`` naming the flaw of `baseName`.
  public init(
    baseName: some StringProtocol, in directory: StoreDirectory = .standard
  ) throws(StorePathError) {
    // Checked as contiguous bytes: a log names millions of paths.
    var name = String(baseName)
    if let flaw = name.withUTF8({ Self.flaw(of: $0) }) { throw StorePathError(text: name, flaw: flaw) }
    self.directory = directory
    self.baseName = name
  }

  /// The same, of bytes.
  init(
    baseName: UnsafeBufferPointer<UInt8>, in directory: StoreDirectory
  ) throws(StorePathError) {
    let name = String(decoding: baseName, as: UTF8.self)
    if let flaw = Self.flaw(of: baseName) { throw StorePathError(text: name, flaw: flaw) }
    self.directory = directory
    self.baseName = name
  }

  private static func flaw(of baseName: UnsafeBufferPointer<UInt8>) -> StorePathError.Flaw? {
    let (digits, nameBytes) = (Nix32.digits, nameBytes)
    let hash = baseName.prefix(hashLength)
    let name = baseName.dropFirst(hashLength + 1)
    let isHash = hash.count == hashLength && hash.allSatisfy { digits.contains($0) }
    guard isHash, baseName.count > hashLength, baseName[hashLength] == UInt8(ascii: "-") else {
      return baseName.contains(UInt8(ascii: "/")) ? .belowAStorePath : .hash
    }
    guard name.allSatisfy({ nameBytes.contains($0) }) else {
      return name.contains(UInt8(ascii: "/")) ? .belowAStorePath : .name
    }
    return name.isEmpty || name.count > 211 ? .name : nil
  }

  /// Whether Nix allows `byte` in the name of a path or an output.
  static func isNameByte(_ byte: UInt8) -> Bool { nameBytes.contains(byte) }

  private static let nameBytes = ByteSet(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-._?=")

  /// Gives `body` the bytes of ``baseName`` as they lie in memory.
  func withBaseNameBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    // A name that was parsed is contiguous, and only another would be copied.
    if let value = baseName.utf8.withContiguousStorageIfAvailable(body) { return value }
    var copy = baseName
    return copy.withUTF8(body)
  }

  /// The 32 characters that a binary cache files the path's narinfo under.
  public var hashPart: Substring { baseName.prefix(Self.hashLength) }

  /// Everything after the hash: `hello-2.12.1`.
  public var name: Substring { baseName.dropFirst(Self.hashLength + 1) }

  /// Whether this is a derivation (`….drv`).
  public var isDerivation: Bool { baseName.hasSuffix(".drv") }

  /// The name without `.drv`, which the globs of `--allow-build` and `--forbid-build` are matched with.
  public var derivationName: Substring { isDerivation ? name.dropLast(4) : name }
}

extension StorePath {
  /// By the name alone, which nearly no two directories share.
  public func hash(into hasher: inout Hasher) { hasher.combine(baseName) }
}

extension StorePath: CustomStringConvertible {
  /// The full path, as Nix prints it.
  public var description: String { "\(directory.path)/\(baseName)" }
}

extension StorePath: Comparable {
  public static func < (left: StorePath, right: StorePath) -> Bool {
    (left.directory.path, left.baseName) < (right.directory.path, right.baseName)
  }
}

/// Why a text is no store path.
public struct StorePathError: Error, Hashable, Sendable {
  /// An excerpt of the text that could not be parsed.
  public let text: String
  /// The flaw.
  public let flaw: Flaw

  init(text: String, flaw: Flaw) {
    self.text = text.excerpt
    self.flaw = flaw
  }

  /// The ways in which a text fails to be a store path.
  public enum Flaw: Hashable, Sendable {
    /// It does not begin with the store's directory.
    case notInDirectory(StoreDirectory)
    /// It names something inside a store path.
    case belowAStorePath
    /// Its hash is not 32 characters of Nix's base 32, followed by a dash.
    case hash
    /// Its name is empty, over 211 bytes, or has a character that Nix refuses.
    case name
  }
}

extension StorePathError: CustomStringConvertible {
  public var description: String {
    let cause =
      switch flaw {
      case .notInDirectory(let directory): "it is not in \(directory)"
      case .belowAStorePath: "it names something below a store path"
      case .hash: "its hash is not 32 characters of Nix's base 32 and a dash"
      case .name: "its name is empty, too long, or has characters that Nix refuses"
      }
    return "'\(text)' is not a store path: \(cause)"
  }
}

extension StorePath: Codable {
  /// Decodes a path that ``encode(to:)`` wrote. It goes through the parser because stored bytes are not
  /// trusted either.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let directory =
      text.utf8.lastIndex(of: UInt8(ascii: "/")).flatMap { StoreDirectory(text[..<$0]) } ?? .standard
    try self.init(parsing: text, in: directory)
  }

  /// Encodes the full path as a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
