import Foundation

extension Narinfo {
  /// How many bytes of a narinfo are read at most. References of 10,000 entries take under 1 MB.
  public static let maximumSize = 2 << 20

  /// How many signatures a narinfo has at most. A cache's own has one, a few mirrors deep it has a handful;
  /// each costs a verification, and a hostile cache could send 20,000.
  public static let maximumSignatures = 32

  /// Parses a narinfo for the path that was asked for.
  ///
  /// It accepts and refuses the same narinfos as Nix, so that Nix can copy every path that counts as offered:
  /// see ``NarinfoReader``. Beyond that, it refuses only more than ``maximumSignatures`` signatures.
  ///
  /// - Parameter known: of each name the path, where it is known already, so that no other is made of it.
  /// - Throws: ``NarinfoError`` with the field and the line.
  public init(
    parsing text: some StringProtocol, for asked: StorePath,
    knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?] = { $0.map { _ in nil } }
  ) throws(NarinfoError) {
    self = try NarinfoReader.read(Array(text.utf8), for: asked, knowing: known).narinfo
  }
}

private typealias Bytes = UnsafeBufferPointer<UInt8>

/// Reads a narinfo as Nix does (`src/libstore/nar-info.cc`), and keeps its oddities beside it.
///
/// A name ends at the next colon, wherever that is: a line without one joins the next. A value begins two
/// bytes after the colon, without regard to the byte between, and ends at the next line's end from there on:
/// `References:` without a byte after it swallows the next line. Of a field that is there twice the last
/// counts, but References and CA, which Nix refuses. Unknown fields may hold any bytes. A table of texts with
/// the answers of three versions of Nix is in the tests.
struct NarinfoReader {
  /// The narinfo.
  struct Reading {
    let narinfo: Narinfo
    /// The names of the keys with an unreadable signature. Nix refuses the narinfo if it trusts one of them.
    let malformedSigners: [String]
    /// A field that is there more than once, with different values.
    let repeated: NarinfoError?
  }

  private let asked: StorePath
  private let known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?]

  private var path: (value: StorePath, line: Int)?
  private var url: String?
  private var compression = ""
  private var fileSize: UInt64?
  private var narHash: NarHash?
  private var narSize: UInt64?
  private var references: [StorePath] = []
  private var deriver: StorePath?
  private var contentAddress: ContentAddress?
  private var signatures: [Signature] = []
  private var signatureCount = 0
  private var malformedSigners: [String] = []
  private var repeated: NarinfoError?

  static func read(
    _ text: [UInt8], for asked: StorePath, knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?]
  ) throws(NarinfoError) -> Reading {
    let reading = withoutActuallyEscaping(known) { known in
      text.withUnsafeBufferPointer { bytes in
        Result { () throws(NarinfoError) in
          var reader = NarinfoReader(asked: asked, known: known)
          try reader.take(bytes)
          return try reader.reading()
        }
      }
    }
    return try reading.get()
  }

  private init(asked: StorePath, known: @escaping ([UnsafeBufferPointer<UInt8>]) -> [StorePath?]) {
    (self.asked, self.known) = (asked, known)
  }

  private mutating func take(_ text: Bytes) throws(NarinfoError) {
    var rest = text
    var line = 1
    while !rest.isEmpty {
      guard let colon = rest.place(of: UInt8(ascii: ":")) else {
        let cut = Bytes(rebasing: rest[..<(rest.place(of: UInt8(ascii: "\n")) ?? rest.count)])
        throw NarinfoError(line: line, flaw: .malformedLine(cut.text.excerpt))
      }
      let name = Bytes(rebasing: rest[..<colon])
      guard colon + 2 <= rest.count else { throw NarinfoError(line: nil, flaw: .truncated) }
      let tail = Bytes(rebasing: rest[(colon + 2)...])
      guard let end = tail.place(of: UInt8(ascii: "\n")) else {
        throw NarinfoError(line: nil, flaw: .truncated)
      }
      try take(name, Bytes(rebasing: tail[..<end]), at: line)
      // A value has no line's end in it, but the byte before it may be one.
      line += rest[..<(colon + 2)].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
      rest = Bytes(rebasing: tail[(end + 1)...])
    }
  }

  private mutating func take(_ name: Bytes, _ value: Bytes, at line: Int) throws(NarinfoError) {
    func invalid(_ field: String) -> NarinfoError {
      NarinfoError(line: line, flaw: .invalid(field: field, value: value.text.excerpt))
    }
    func number(_ field: String) throws(NarinfoError) -> UInt64 {
      guard let number = value.number else { throw invalid(field) }
      return number
    }
    if name.reads("Sig") {
      try takeSignature(value, at: line)
    } else if name.reads("References") {
      guard references.isEmpty else { throw NarinfoError(line: line, flaw: .duplicate("References")) }
      references = try paths(in: value, at: line)
    } else if name.reads("StorePath") {
      guard let text = value.validText,
        let path = try? StorePath(parsing: text, in: asked.directory)
      else { throw invalid("StorePath") }
      self.path = (path, line)
    } else if name.reads("URL") {
      guard let url = value.validText else { throw invalid("URL") }
      note(self.url.map { $0 != url }, "URL", line)
      self.url = url
    } else if name.reads("Compression") {
      compression = value.text
    } else if name.reads("FileHash") {
      guard let text = value.validText, Digest(text) != nil else { throw invalid("FileHash") }
    } else if name.reads("FileSize") {
      fileSize = try number("FileSize")
    } else if name.reads("NarHash") {
      guard let text = value.validText, let hash = NarHash(text) else { throw invalid("NarHash") }
      note(narHash.map { $0 != hash }, "NarHash", line)
      narHash = hash
    } else if name.reads("NarSize") {
      let size = try number("NarSize")
      note(narSize.map { $0 != size }, "NarSize", line)
      narSize = size
    } else if name.reads("Deriver") {
      guard !value.reads("unknown-deriver") else { return }
      guard let deriver = try? StorePath(baseName: value, in: asked.directory) else {
        throw invalid("Deriver")
      }
      self.deriver = deriver
    } else if name.reads("CA") {
      guard contentAddress == nil else { throw NarinfoError(line: line, flaw: .duplicate("CA")) }
      guard !value.isEmpty else { return }
      guard let text = value.validText, let claim = ContentAddress(text) else { throw invalid("CA") }
      contentAddress = claim
    }
  }

  /// Notes that a field was there before with another value.
  private mutating func note(_ isOther: Bool?, _ field: String, _ line: Int) {
    if isOther == true, repeated == nil { repeated = NarinfoError(line: line, flaw: .duplicate(field)) }
  }

  private mutating func takeSignature(_ value: Bytes, at line: Int) throws(NarinfoError) {
    signatureCount += 1
    guard signatureCount <= Narinfo.maximumSignatures else {
      throw NarinfoError(line: line, flaw: .tooManySignatures)
    }
    do { signatures.append(try Signature(parsing: value.text)) } catch {
      malformedSigners.append(Bytes(rebasing: value.prefix { $0 != UInt8(ascii: ":") }).text)
    }
  }

  private func paths(in value: Bytes, at line: Int) throws(NarinfoError) -> [StorePath] {
    let names = value.words
    var paths: [StorePath] = []
    paths.reserveCapacity(names.count)
    for (name, path) in zip(names, known(names)) {
      if let path {
        paths.append(path)
        continue
      }
      do { paths.append(try StorePath(baseName: name, in: asked.directory)) } catch {
        throw NarinfoError(line: line, flaw: .invalid(field: "References", value: error.text))
      }
    }
    return paths
  }

  private func reading() throws(NarinfoError) -> Reading {
    func required<Value>(_ value: Value?, _ field: String) throws(NarinfoError) -> Value {
      guard let value else { throw NarinfoError(line: nil, flaw: .missing(field)) }
      return value
    }
    let (path, line) = try required(path, "StorePath")
    guard path == asked else { throw NarinfoError(line: line, flaw: .otherPath(path)) }
    let (url, size) = (try required(url, "URL"), try required(narSize, "NarSize"))
    let hash = try required(narHash, "NarHash")
    guard !url.isEmpty else { throw NarinfoError(line: nil, flaw: .invalid(field: "URL", value: "")) }
    guard size > 0 else { throw NarinfoError(line: nil, flaw: .invalid(field: "NarSize", value: "0")) }
    let narinfo = Narinfo(
      path: path, url: url, compression: compression.isEmpty ? "bzip2" : compression, fileSize: fileSize,
      narHash: hash, narSize: size, references: references, deriver: deriver, signatures: signatures,
      contentAddress: contentAddress)
    return Reading(narinfo: narinfo, malformedSigners: malformedSigners, repeated: repeated)
  }
}

extension Bytes {
  /// The words between spaces.
  fileprivate var words: [Bytes] {
    var words: [Bytes] = []
    words.reserveCapacity(count / 48 + 1)
    var rest = self
    while !rest.isEmpty {
      let end = rest.place(of: UInt8(ascii: " ")) ?? rest.count
      if end > 0 { words.append(Bytes(rebasing: rest[..<end])) }
      rest = Bytes(rebasing: rest[Swift.min(end + 1, rest.count)...])
    }
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

  /// The bytes as text; those that are no UTF-8 are replaced.
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }

  /// As text, where they are one.
  fileprivate var validText: String? { String(validating: self, as: UTF8.self) }

  /// A number as Nix reads it (`string2Int`): digits, with zeros or one `+` before them.
  fileprivate var number: UInt64? {
    let digits = first == UInt8(ascii: "+") ? self[1...] : self[...]
    guard !digits.isEmpty else { return nil }
    var number = UInt64(0)
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      number = sum
    }
    return number
  }
}

/// Why a text is not the narinfo that was asked for.
public struct NarinfoError: Error, Hashable, Sendable, Codable {
  /// Counted from 1; `nil` where the flaw is not in one line.
  public let line: Int?
  /// The flaw.
  public let flaw: Flaw

  /// The ways in which a narinfo fails.
  public enum Flaw: Hashable, Sendable, Codable {
    /// There is no colon in it, or none in its rest.
    case malformedLine(String)
    /// The last line does not end, or ends with its colon: the text was cut.
    case truncated
    /// A field that must be there is not.
    case missing(String)
    /// A field is there twice that may be there once, or with two values that cannot both be signed.
    case duplicate(String)
    /// A field's value cannot be read.
    case invalid(field: String, value: String)
    /// It is the narinfo of another path.
    case otherPath(StorePath)
    /// Its archive lies outside of the cache.
    case elsewhere(url: String)
    /// It has more signatures than ``Narinfo/maximumSignatures``.
    case tooManySignatures
    /// It claims to be content-addressed, and its path does not follow from that; Nix does not take it,
    /// signed or not.
    case untrueContentAddress(String)
    /// A signature of a key that the run trusts cannot be read; Nix refuses all of it for that.
    case malformedSignature(key: String)
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
        case .untrueContentAddress(let claim): "its path does not follow from its CA: \(claim.excerpt)"
        case .malformedSignature(let key): "a signature by the trusted key \(key.excerpt) cannot be read"
        case .tooLong: "it is longer than \(Narinfo.maximumSize) bytes"
        }
      }()
  }
}
