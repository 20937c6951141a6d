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
  /// - Parameter known: of each name the path, where it is known already, so that no other is made of it.
  /// - Throws: ``NarinfoError`` with the field and the line.
  public init(
    parsing text: some StringProtocol, for asked: StorePath,
    knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?] = { $0.map { _ in nil } }
  ) throws(NarinfoError) {
    var text = String(text)
    let narinfo = text.withUTF8 { bytes in
      Result { () throws(NarinfoError) in try Narinfo(bytes, for: asked, knowing: known) }
    }
    self = try narinfo.get()
  }

  private init(
    _ text: UnsafeBufferPointer<UInt8>, for asked: StorePath,
    knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?]
  ) throws(NarinfoError) {
    let fields = try Fields(text)
    let directory = asked.directory

    let path: StorePath
    do { path = try StorePath(parsing: try fields.required("StorePath").text, in: directory) } catch {
      throw fields.narinfoError(error, in: "StorePath")
    }
    guard path == asked else {
      throw NarinfoError(line: fields.line(of: "StorePath"), flaw: .otherPath(path))
    }

    func storePath(named name: Bytes, in field: String) throws(NarinfoError) -> StorePath {
      do { return try StorePath(baseName: name, in: directory) } catch {
        throw fields.narinfoError(error, in: field)
      }
    }

    let hash = try fields.required("NarHash").text
    guard let narHash = NarHash(hash) else { throw fields.invalid("NarHash", hash) }
    let size = try fields.required("NarSize").text
    guard let narSize = UInt64(size), narSize > 0 else { throw fields.invalid("NarSize", size) }
    let url = try fields.required("URL")
    guard !url.isEmpty else { throw fields.invalid("URL", url.text) }

    let names = fields["References"]?.words ?? []
    var references: [StorePath] = []
    references.reserveCapacity(names.count)
    for (name, path) in zip(names, known(names)) {
      if let path {
        references.append(path)
      } else {
        references.append(try storePath(named: name, in: "References"))
      }
    }
    var signatures: [Signature] = []
    for signature in fields.signatures {
      // A malformed signature beside a good one does not make Nix refuse; it only vouches for nothing.
      if let parsed = try? Signature(parsing: signature.text) { signatures.append(parsed) }
    }
    var deriver: StorePath?
    if let name = fields["Deriver"], !name.isEmpty, !name.reads("unknown-deriver") {
      deriver = try storePath(named: name, in: "Deriver")
    }
    var contentAddress: ContentAddress?
    if let claim = fields["CA"], !claim.isEmpty {
      guard let parsed = ContentAddress(claim.text) else { throw fields.invalid("CA", claim.text) }
      contentAddress = parsed
    }
    var fileSize: UInt64?
    if let size = fields["FileSize"]?.text {
      guard let parsed = UInt64(size) else { throw fields.invalid("FileSize", size) }
      fileSize = parsed
    }

    self.init(
      path: path, url: url.text,
      compression: fields["Compression"].flatMap { $0.isEmpty ? nil : $0.text } ?? "bzip2",
      fileSize: fileSize, narHash: narHash, narSize: narSize, references: references, deriver: deriver,
      signatures: signatures, contentAddress: contentAddress)
  }
}

private typealias Bytes = UnsafeBufferPointer<UInt8>

/// The lines of a narinfo that matter, by name.
private struct Fields {
  private static let known = [
    "StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize", "References", "Deriver",
    "CA",
  ]

  private var values: [(name: String, value: Bytes, line: Int)] = []
  private(set) var signatures: [Bytes] = []

  init(_ text: Bytes) throws(NarinfoError) {
    guard text.last == UInt8(ascii: "\n") else { throw NarinfoError(line: nil, flaw: .truncated) }
    values.reserveCapacity(Self.known.count)
    var rest = text
    var number = 0
    // By bytes: a joining mark makes one character of itself and the colon before it.
    while let line = rest.pop(upTo: UInt8(ascii: "\n")) {
      number += 1
      var value = line
      guard line.place(of: UInt8(ascii: "\r")) == nil, let name = value.pop(upTo: UInt8(ascii: ":")),
        !name.isEmpty
      else { throw NarinfoError(line: number, flaw: .malformedLine(line.text.excerpt)) }
      // Nix skips one byte after the colon, whatever it is.
      value = Bytes(rebasing: value.dropFirst())
      if name.reads("Sig") {
        guard signatures.count < Narinfo.maximumSignatures else {
          throw NarinfoError(line: number, flaw: .tooManySignatures)
        }
        signatures.append(value)
      } else if let known = Self.known.first(where: { name.reads($0) }) {
        guard self[known] == nil else { throw NarinfoError(line: number, flaw: .duplicate(known)) }
        values.append((known, value, number))
      }
    }
  }

  subscript(name: String) -> Bytes? { values.first { $0.name == name }?.value }

  func line(of name: String) -> Int? { values.first { $0.name == name }?.line }

  func required(_ name: String) throws(NarinfoError) -> Bytes {
    guard let value = self[name] else { throw NarinfoError(line: nil, flaw: .missing(name)) }
    return value
  }

  func invalid(_ name: String, _ value: String) -> NarinfoError {
    NarinfoError(line: line(of: name), flaw: .invalid(field: name, value: value.excerpt))
  }

  func narinfoError(_ error: any Error, in field: String) -> NarinfoError {
    switch error {
    case let error as NarinfoError: error
    case let error as StorePathError: invalid(field, error.text)
    default: invalid(field, "")
    }
  }
}

extension Bytes {
  /// Takes the bytes up to the first `byte`, which is taken too; `nil` where there is none.
  fileprivate mutating func pop(upTo byte: UInt8) -> Bytes? {
    guard let end = place(of: byte) else { return nil }
    let piece = Bytes(rebasing: self[..<end])
    self = Bytes(rebasing: self[(end + 1)...])
    return piece
  }

  /// What spaces separate.
  fileprivate var words: [Bytes] {
    var words: [Bytes] = []
    words.reserveCapacity(count / 48 + 1)
    var rest = self
    while let word = rest.pop(upTo: UInt8(ascii: " ")) {
      if !word.isEmpty { words.append(word) }
    }
    if !rest.isEmpty { words.append(rest) }
    return words
  }

  /// Where `byte` stands first. A narinfo has thousands of bytes to pass over.
  fileprivate func place(of byte: UInt8) -> Int? {
    guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(baseAddress)
  }

  /// Whether they are the bytes of `word`.
  fileprivate func reads(_ word: String) -> Bool {
    count == word.utf8.count && elementsEqual(word.utf8)
  }

  /// As text, which they are a part of.
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
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
