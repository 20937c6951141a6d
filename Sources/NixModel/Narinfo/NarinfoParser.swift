import Foundation

extension Narinfo {
  /// How many bytes of a narinfo are read at most. References of 10,000 entries take under 1 MB.
  public static let maximumSize = 2 << 20

  /// How many signatures a narinfo has at most. A cache's own has one, a few mirrors deep it has a handful;
  /// each costs a verification, and a hostile cache could send 20,000.
  public static let maximumSignatures = 32

  /// Parses the text of a narinfo for the path that was asked for.
  ///
  /// Stricter than Nix where Nix lets something ambiguous pass: a repeated field, a missing last newline
  /// and carriage returns are refused, and so are more than ``maximumSignatures`` signatures. Unknown fields
  /// are ignored, as Nix ignores them.
  ///
  /// - Throws: ``NarinfoError`` with the field and the line.
  public init(
    parsing text: some StringProtocol, for asked: StorePath
  ) throws(NarinfoError) {
    let fields = try Fields(text)
    let directory = asked.directory

    let path: StorePath
    do { path = try StorePath(parsing: try fields.required("StorePath"), in: directory) } catch {
      throw fields.narinfoError(error, in: "StorePath")
    }
    guard path == asked else {
      throw NarinfoError(line: fields.line(of: "StorePath"), flaw: .otherPath(path))
    }

    func storePath(named name: Substring, in field: String) throws(NarinfoError) -> StorePath {
      do { return try StorePath(baseName: name, in: directory) } catch {
        throw fields.narinfoError(error, in: field)
      }
    }

    let hash = try fields.required("NarHash")
    guard let narHash = NarHash(hash) else { throw fields.invalid("NarHash", hash) }
    let size = try fields.required("NarSize")
    guard let narSize = UInt64(size), narSize > 0 else { throw fields.invalid("NarSize", size) }
    let url = try fields.required("URL")
    guard !url.isEmpty else { throw fields.invalid("URL", url) }

    var references: [StorePath] = []
    var names = (fields["References"] ?? "").utf8
    references.reserveCapacity(names.count / 48)
    func refer(to name: Substring.UTF8View) throws(NarinfoError) {
      if !name.isEmpty { references.append(try storePath(named: Substring(name), in: "References")) }
    }
    while let name = names.pop(upTo: UInt8(ascii: " ")) { try refer(to: name) }
    try refer(to: names)
    var signatures: [Signature] = []
    for signature in fields.signatures {
      // A malformed signature beside a good one does not make Nix refuse; it only vouches for nothing.
      if let parsed = try? Signature(parsing: signature) { signatures.append(parsed) }
    }
    var deriver: StorePath?
    if let name = fields["Deriver"], name != "unknown-deriver", !name.isEmpty {
      deriver = try storePath(named: name, in: "Deriver")
    }
    var contentAddress: ContentAddress?
    if let claim = fields["CA"], !claim.isEmpty {
      guard let parsed = ContentAddress(claim) else { throw fields.invalid("CA", claim) }
      contentAddress = parsed
    }
    var fileSize: UInt64?
    if let size = fields["FileSize"] {
      guard let parsed = UInt64(size) else { throw fields.invalid("FileSize", size) }
      fileSize = parsed
    }

    self.init(
      path: path, url: String(url),
      compression: fields["Compression"].flatMap { $0.isEmpty ? nil : String($0) } ?? "bzip2",
      fileSize: fileSize, narHash: narHash, narSize: narSize, references: references, deriver: deriver,
      signatures: signatures, contentAddress: contentAddress)
  }
}

/// The lines of a narinfo that matter, by name.
private struct Fields {
  private static let known = [
    "StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize", "References", "Deriver",
    "CA",
  ]

  private var values: [(name: String, value: Substring, line: Int)] = []
  private(set) var signatures: [Substring] = []

  init(_ text: some StringProtocol) throws(NarinfoError) {
    var text = String(text)
    text.makeContiguousUTF8()
    guard text.utf8.last == UInt8(ascii: "\n") else { throw NarinfoError(line: nil, flaw: .truncated) }
    values.reserveCapacity(Self.known.count)
    var rest = text.utf8[...]
    var number = 0
    // By bytes: a joining mark makes one character of itself and the colon before it.
    while let line = rest.pop(upTo: UInt8(ascii: "\n")) {
      number += 1
      guard line.place(of: UInt8(ascii: "\r")) == nil, let colon = line.place(of: UInt8(ascii: ":")),
        colon > line.startIndex
      else { throw NarinfoError(line: number, flaw: .malformedLine(Substring(line).excerpt)) }
      let name = line[..<colon]
      // Nix skips one byte after the colon, whatever it is.
      let value = Substring(line[colon...].dropFirst(2))
      if name.elementsEqual("Sig".utf8) {
        guard signatures.count < Narinfo.maximumSignatures else {
          throw NarinfoError(line: number, flaw: .tooManySignatures)
        }
        signatures.append(value)
      } else if let known = Self.known.first(where: { name.elementsEqual($0.utf8) }) {
        guard self[known] == nil else { throw NarinfoError(line: number, flaw: .duplicate(known)) }
        values.append((known, value, number))
      }
    }
  }

  subscript(name: String) -> Substring? { values.first { $0.name == name }?.value }

  func line(of name: String) -> Int? { values.first { $0.name == name }?.line }

  func required(_ name: String) throws(NarinfoError) -> Substring {
    guard let value = self[name] else { throw NarinfoError(line: nil, flaw: .missing(name)) }
    return value
  }

  func invalid(_ name: String, _ value: Substring) -> NarinfoError {
    NarinfoError(line: line(of: name), flaw: .invalid(field: name, value: value.excerpt))
  }

  func narinfoError(_ error: any Error, in field: String) -> NarinfoError {
    switch error {
    case let error as NarinfoError: error
    case let error as StorePathError: invalid(field, Substring(error.text))
    default: invalid(field, "")
    }
  }
}

extension Substring.UTF8View {
  /// Takes the text up to the first `byte`, which is taken too; `nil` where there is none.
  fileprivate mutating func pop(upTo byte: UInt8) -> Substring.UTF8View? {
    guard let end = place(of: byte) else { return nil }
    let piece = self[..<end]
    self = self[end...].dropFirst()
    return piece
  }

  /// Where `byte` stands first. A narinfo has thousands of bytes to pass over.
  fileprivate func place(of byte: UInt8) -> Index? {
    let offset = withContiguousStorageIfAvailable { bytes -> Int? in
      guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else {
        return nil
      }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
    return (offset ?? nil).map { index(startIndex, offsetBy: $0) }
  }
}

/// Why a text is not the narinfo that was asked for.
public struct NarinfoError: Error, Hashable, Sendable, Codable {
  /// Counted from 1; `nil` where the flaw is not in one line.
  public let line: Int?
  /// What is wrong.
  public let flaw: Flaw

  /// The ways in which a narinfo fails.
  public enum Flaw: Hashable, Sendable, Codable {
    /// A line without a colon, or with a carriage return: often an HTML page.
    case malformedLine(String)
    /// The last line does not end: the text was cut.
    case truncated
    /// A field that must be there is not.
    case missing(String)
    /// A field that may be there once is there twice.
    case duplicate(String)
    /// A field's value cannot be read.
    case invalid(field: String, value: String)
    /// It is the narinfo of another path.
    case otherPath(StorePath)
    /// Its archive lies outside of the cache.
    case elsewhere(url: String)
    /// It has more signatures than ``Narinfo/maximumSignatures``.
    case tooManySignatures
    /// It is not UTF-8.
    case notText
    /// It is longer than ``Narinfo/maximumSize``.
    case tooLong
  }

  /// A flaw at a line.
  public init(line: Int?, flaw: Flaw) {
    self.line = line
    self.flaw = flaw
  }
}

extension NarinfoError: CustomStringConvertible {
  public var description: String {
    let place = line.map { "line \($0): " } ?? ""
    return place
      + {
        switch flaw {
        case .malformedLine(let text): "'\(text)' is not a field"
        case .truncated: "it does not end with a newline, so it was cut short"
        case .missing(let field): "the field \(field) is missing"
        case .duplicate(let field): "the field \(field) is there twice"
        case .invalid(let field, let value): "'\(value)' is no valid \(field)"
        case .otherPath(let path): "it describes \(path) instead of the path that was asked for"
        case .elsewhere(let url): "its archive is not in the cache, but at \(url.excerpt)"
        case .tooManySignatures: "it has more than \(Narinfo.maximumSignatures) signatures"
        case .notText: "it is not UTF-8 text"
        case .tooLong: "it is longer than \(Narinfo.maximumSize) bytes"
        }
      }()
  }
}
