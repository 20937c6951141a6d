import Foundation

extension Derivation {
  /// Parses a `.drv` file.
  ///
  /// The format is an ATerm (Nix, `src/libstore/derivations.cc`, `parseDerivation`):
  ///
  ///     Derive([("out","/nix/store/…","","")],[("….drv",["out"])],["source"],"system","builder",["arg"],[("k","v")])
  ///
  /// - Throws: ``DerivationError`` with the offset in bytes at which the text stops being one.
  public init(
    parsing text: some Collection<UInt8>, in directory: StoreDirectory = .standard
  ) throws(DerivationError) {
    var reader = TermReader(bytes: Array(text))
    try reader.expect("Derive(")

    var outputs: [String: StorePath?] = [:]
    for output in try reader.outputs() {
      outputs[output.name] = .some(output.path.isEmpty ? nil : try reader.path(output.path, in: directory))
    }
    try reader.expect(",")

    var inputs: [StorePath: [String]] = [:]
    try reader.list { (reader) throws(DerivationError) in
      try reader.expect("(")
      let path = try reader.path(try reader.string(), in: directory)
      try reader.expect(",")
      inputs[path] = try reader.strings()
      try reader.expect(")")
    }
    try reader.expect(",")

    var sources: [StorePath] = []
    for source in try reader.strings() { sources.append(try reader.path(source, in: directory)) }
    try reader.expect(",")
    let system = try reader.string()
    try reader.expect(",")
    let builder = try reader.string()
    try reader.expect(",")
    let arguments = try reader.strings()
    try reader.expect(",")

    var environment: [String: String] = [:]
    try reader.list { (reader) throws(DerivationError) in
      try reader.expect("(")
      let name = try reader.string()
      try reader.expect(",")
      environment[name] = try reader.string()
      try reader.expect(")")
    }
    try reader.expect(")")
    guard reader.isAtEnd else { throw reader.error }

    self.init(
      outputs: outputs, inputDerivations: inputs, inputSources: sources, system: system,
      allowsSubstitutes: Self.allowsSubstitutes(environment),
      traits: Traits(
        builder: builder, arguments: arguments, environment: environment, in: directory))
  }

  /// False is written as an empty value, or, with structured attributes, as a JSON `false`.
  private static func allowsSubstitutes(_ environment: [String: String]) -> Bool {
    struct Structured: Decodable { let allowSubstitutes: Bool? }
    if let json = environment["__json"], json.contains("allowSubstitutes") {
      return (try? JSONDecoder().decode(Structured.self, from: Data(json.utf8)))?.allowSubstitutes ?? true
    }
    return environment["allowSubstitutes"].map { !$0.isEmpty } ?? true
  }
}

extension UnknownPath {
  /// Why the derivation in `text` does not tell the path of `output`; `nil` where it does, or where it has none of
  /// that name.
  public init?(of output: String, in text: some Collection<UInt8>) {
    var reader = TermReader(bytes: Array(text))
    guard (try? reader.expect("Derive(")) != nil, let outputs = try? reader.outputs(),
      let found = outputs.first(where: { $0.name == output }), found.path.isEmpty
    else { return nil }
    self = found.algorithm.isEmpty ? .deferred : found.hash == "impure" ? .impure : .floating
  }
}

/// Why bytes are no derivation.
public struct DerivationError: Error, Hashable, Sendable {
  /// Where, in bytes from the beginning.
  public let offset: Int
}

extension DerivationError: CustomStringConvertible {
  public var description: String { "not a derivation: it cannot be read on from byte \(offset)" }
}

/// Reads the few ATerm shapes that derivations use.
private struct TermReader {
  let bytes: [UInt8]
  var position = 0

  var isAtEnd: Bool { position == bytes.count }
  var error: DerivationError { DerivationError(offset: position) }

  mutating func expect(_ text: StaticString) throws(DerivationError) {
    let matches = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    guard matches else { throw error }
    position += text.utf8CodeUnitCount
  }

  mutating func list(
    _ item: (inout TermReader) throws(DerivationError) -> Void
  ) throws(DerivationError) {
    try expect("[")
    while position < bytes.count, bytes[position] != UInt8(ascii: "]") {
      try item(&self)
      if position < bytes.count, bytes[position] == UInt8(ascii: ",") { position += 1 }
    }
    try expect("]")
  }

  /// The outputs as they are written, with their hashes as far as these are known.
  mutating func outputs() throws(DerivationError) -> [(
    name: String, path: String, algorithm: String, hash: String
  )] {
    var outputs: [(name: String, path: String, algorithm: String, hash: String)] = []
    try list { (reader) throws(DerivationError) in
      try reader.expect("(")
      let name = try reader.string()
      try reader.expect(",")
      let path = try reader.string()
      try reader.expect(",")
      let algorithm = try reader.string()
      try reader.expect(",")
      outputs.append((name, path, algorithm, try reader.string()))
      try reader.expect(")")
    }
    return outputs
  }

  mutating func strings() throws(DerivationError) -> [String] {
    var strings: [String] = []
    try list { (reader) throws(DerivationError) in strings.append(try reader.string()) }
    return strings
  }

  mutating func string() throws(DerivationError) -> String {
    try expect("\"")
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\")
    {
      position += 1
    }
    var content = Array(bytes[start..<position])
    // Nearly no text has an escape.
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      position += 1
      return String(decoding: content, as: UTF8.self)
    }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard position < bytes.count else { throw error }
        switch bytes[position] {
        case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "r"): content.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
        case let other: content.append(other)
        }
        position += 1
      default: content.append(byte)
      }
    }
    throw error
  }

  func path(_ text: String, in directory: StoreDirectory) throws(DerivationError) -> StorePath {
    do { return try StorePath(parsing: text, in: directory) } catch { throw self.error }
  }
}
