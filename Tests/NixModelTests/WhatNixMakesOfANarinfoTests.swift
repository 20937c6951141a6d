import NixModel
import TestSupport
import Testing

/// Narinfos, and what Nix made of each: a table that was run.
///
/// The recipe: a cache in files with a signed narinfo, its archive and that of its reference; the narinfo changed in
/// one way; `nix build --store DIR PATH` with Nix 2.8.0, 2.26.3 and 2.34.8, no narinfo remembered. `copied` is exit 0
/// and the path there; `refused` is anything else, by all three, but where a comment names the ones that differ.
@Suite struct `What Nix makes of a narinfo` {
  private let path: StorePath
  private let reference: StorePath
  private let key = LabKey("lab-1")

  init() throws {
    path = try Make.path("hello-2.12.1")
    reference = try Make.path("glibc-2.40")
  }

  /// One changed narinfo.
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let change: @Sendable (inout Text) -> Void
    var testDescription: String { name }

    init(_ name: String, _ change: @escaping @Sendable (inout Text) -> Void) {
      (self.name, self.change) = (name, change)
    }
  }

  /// A good narinfo, line by line, and what can be done to it.
  struct Text: Sendable {
    var lines: [String]
    var end: [UInt8] = [0x0A]
    /// The names of path and reference, without their directory.
    let names: (path: String, reference: String)

    func value(_ field: String) -> String {
      lines.first { $0.hasPrefix("\(field): ") }.map { String($0.dropFirst(field.count + 2)) } ?? ""
    }
    mutating func put(_ field: String, _ value: String) { replace(field, with: "\(field): \(value)") }
    mutating func replace(_ field: String, with line: String) {
      lines = lines.map { $0.hasPrefix("\(field):") ? line : $0 }
    }
    mutating func drop(_ field: String) { lines.removeAll { $0.hasPrefix("\(field):") } }
    mutating func prepend(_ line: String) { lines.insert(line, at: 0) }
    mutating func append(_ line: String) { lines.append(line) }

    var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) + end }
  }

  private func answer(_ row: Row) throws -> Survey.Answer.Kind {
    let text = try Make.narinfoText(path, references: [reference, path], signedBy: [key])
    var changed = Text(
      lines: text.split(separator: "\n").map(String.init),
      names: ("\(path.baseName)", "\(reference.baseName)"))
    row.change(&changed)
    return Survey.Answer.Kind(
      narinfo: changed.bytes, for: path, from: try SubstituterURL(parsing: "http://c"),
      trusting: TrustedKeys([try key.trusted()]))
  }

  @Test(arguments: [
    Row("as it is") { _ in },
    Row("an unknown deriver") { $0.append("Deriver: unknown-deriver") },
    Row("a deriver") { $0.append("Deriver: \($0.names.path).drv") },
    Row("a deriver that is no derivation") { $0.append("Deriver: \($0.names.path)") },
    Row("a deriver twice") {
      for _ in 0..<2 { $0.append("Deriver: \($0.names.path).drv") }
    },
    Row("blanks around and between references") {
      $0.put("References", "  \($0.names.path)   \($0.names.reference) ")
    },
    Row("a tab after the colon of References") {
      $0.replace("References", with: "References:\t\($0.names.path) \($0.names.reference)")
    },
    Row("a reference twice in one line") {
      $0.put("References", $0.value("References") + " \($0.names.path)")
    },
    Row("no references, and then some") { $0.prepend("References: ") },
    Row("a size with a sign") { $0.put("NarSize", "+\($0.value("NarSize"))") },
    Row("a size with a zero before it") { $0.put("NarSize", "0\($0.value("NarSize"))") },
    Row("the same size twice") { $0.append("NarSize: \($0.value("NarSize"))") },
    Row("another size first") { $0.prepend("NarSize: 5") },
    Row("a file of no size") { $0.put("FileSize", "0") },
    Row("a file of another size") { $0.put("FileSize", "7") },
    Row("two sizes of the file") { $0.append("FileSize: 3") },
    Row("no size of the file") { $0.drop("FileSize") },
    Row("no hash of the file") { $0.drop("FileHash") },
    Row("another hash of the file") {
      $0.drop("FileHash")
      $0.append("FileHash: sha256:\(String(repeating: "0", count: 52))")
    },
    Row("a hash of the file by MD5") {
      $0.drop("FileHash")
      $0.append("FileHash: md5:d41d8cd98f00b204e9800998ecf8427e")
    },
    Row("a hash of the file as SRI, with an option") {
      $0.drop("FileHash")
      $0.append("FileHash: sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=?x")
    },
    Row("the same hash twice") { $0.append("NarHash: \($0.value("NarHash"))") },
    Row("the compression twice") { $0.append("Compression: xz") },
    Row("another address first") { $0.prepend("URL: nar/none") },
    Row("another path first") { $0.prepend("StorePath: /nix/store/\($0.names.reference)") },
    Row("a system") { $0.append("System: x86_64-linux") },
    Row("no system") { $0.append("System: ") },
    Row("a field that nobody knows") { $0.append("X-Later: a:b") },
    Row("a field without a name") { $0.prepend(": x") },
    Row("a field after a blank") { $0.prepend(" X: y") },
    // The empty line and the next make one field that nobody knows: it must not be a needed one.
    Row("an empty line before a field that can be missed") { $0.lines.insert("", at: 3) },
    Row("a line without a colon before such a field") { $0.lines.insert("foo", at: 3) },
    Row("a NUL") { $0.append("X: \0") },
    Row("bytes that are no text, where nobody reads them") { $0.end = [0x0A, 0x58, 0x3A, 0x20, 0xFF, 0x0A] },
    Row("a byte order mark before a field that nobody knows") { $0.prepend("\u{FEFF}X: y") },
    Row("a carriage return where nobody reads it") { $0.append("X: y\r") },
    // 2.34 refuses what follows, and says that the signature is corrupt.
    Row("a malformed signature of a key that is not trusted") { $0.append("Sig: zz-1:notbase64!") },
    Row("a signature without a colon") { $0.append("Sig: foo") },
    Row("an empty signature") { $0.append("Sig: ") },
    Row("a signature without a name") { $0.append("Sig: :AAAA") },
    // As all three again.
    Row("a wrong signature of the trusted key") {
      $0.prepend("Sig: lab-1:\(String(repeating: "A", count: 86))==")
    },
    Row("a signature without padding") {
      while $0.value("Sig").hasSuffix("=") { $0.put("Sig", String($0.value("Sig").dropLast())) }
    },
    Row("a signature with half of its padding") { $0.put("Sig", String($0.value("Sig").dropLast())) },
    Row("a blank after a signature") { $0.put("Sig", $0.value("Sig") + " ") },
    Row("a tab after a signature") { $0.put("Sig", $0.value("Sig") + "\t") },
    Row("anything after a signature's padding") { $0.put("Sig", $0.value("Sig") + "!!") },
    Row("two signatures in one line") { $0.put("Sig", "\($0.value("Sig")) \($0.value("Sig"))") },
    Row("a signature twice") { $0.append("Sig: \($0.value("Sig"))") },
    Row("an empty content address") { $0.append("CA: ") },
  ])
  func `is an offer where it copies`(row: Row) throws {
    guard case .offered(let offer, .notAsked) = try answer(row) else {
      Issue.record("it is \(try answer(row))")
      return
    }
    #expect(offer.authority == .signed(by: ["lab-1"]))
    #expect(Set(offer.narinfo.references) == [path, reference])
  }

  @Test(arguments: [
    Row("no last line's end") { $0.end = [] },
    Row("carriage returns") { $0.lines = $0.lines.map { "\($0)\r" } },
    Row("an empty deriver") { $0.append("Deriver: ") },
    Row("an empty deriver, and no blank, at the end") { $0.append("Deriver:") },
    Row("an empty deriver, and no blank, before a line that is needed") {
      $0.lines.insert("Deriver:", at: $0.lines.count - 1)
    },
    Row("a deriver with its directory") { $0.append("Deriver: /nix/store/\($0.names.path).drv") },
    Row("a deriver that is no path") { $0.append("Deriver: x") },
    Row("a blank after the deriver") { $0.append("Deriver: \($0.names.path).drv ") },
    Row("references with their directory") { $0.put("References", "/nix/store/\($0.names.path)") },
    Row("references without a blank before them") {
      $0.replace("References", with: "References:\($0.names.path)")
    },
    Row("references with a tab between") {
      $0.put("References", "\($0.names.path)\t\($0.names.reference)")
    },
    Row("references twice") { $0.append("References: \($0.value("References"))") },
    Row("references, and then none") { $0.append("References: ") },
    Row("references without a byte after them, at the end") {
      $0.drop("References")
      $0.append("References:")
    },
    Row("references without a byte after them") { $0.replace("References", with: "References:") },
    Row("a size of nothing") { $0.put("NarSize", "0") },
    Row("a size below nothing") { $0.put("NarSize", "-1") },
    Row("a blank after the size") { $0.put("NarSize", "\($0.value("NarSize")) ") },
    Row("two blanks before the size") { $0.put("NarSize", " \($0.value("NarSize"))") },
    Row("a size with a fraction") { $0.put("NarSize", "\($0.value("NarSize")).0") },
    Row("a size in base 16") { $0.put("NarSize", "0x78") },
    Row("a size beyond 64 bits") { $0.put("NarSize", "18446744073709551616") },
    Row("no size") { $0.drop("NarSize") },
    Row("another size after it") { $0.append("NarSize: 5") },
    Row("a size that is none before it") { $0.prepend("NarSize: many") },
    Row("a file's size that is none") { $0.put("FileSize", "many") },
    Row("an empty size of the file") { $0.put("FileSize", "") },
    Row("a file's size below nothing") { $0.put("FileSize", "-0") },
    Row("a file's hash that is none") { $0.append("FileHash: sha256:zz") },
    Row("an empty hash of the file") { $0.append("FileHash: ") },
    Row("a file's hash without its algorithm") {
      $0.append("FileHash: \(String(repeating: "0", count: 52))")
    },
    Row("a file's hash by BLAKE3") { $0.append("FileHash: blake3:\(String(repeating: "0", count: 64))") },
    Row("a file's hash by an unknown algorithm") {
      $0.append("FileHash: md4:\(String(repeating: "0", count: 32))")
    },
    Row("a hash without its algorithm") { $0.put("NarHash", String($0.value("NarHash").dropFirst(7))) },
    Row("a hash in capitals") { $0.put("NarHash", "SHA256:\($0.value("NarHash").dropFirst(7))") },
    Row("a blank after the hash") { $0.put("NarHash", "\($0.value("NarHash")) ") },
    Row("a hash by SHA-1") { $0.put("NarHash", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709") },
    Row("base 64 without padding, and no SRI") {
      $0.put("NarHash", "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")
    },
    Row("no address") { $0.drop("URL") },
    Row("an empty address") { $0.put("URL", "") },
    Row("another path") { $0.put("StorePath", "/nix/store/\($0.names.reference)") },
    Row("another name") { $0.put("StorePath", "/nix/store/\($0.names.path)x") },
    Row("a path without its directory") { $0.put("StorePath", $0.names.path) },
    Row("a blank after the path") { $0.put("StorePath", "/nix/store/\($0.names.path) ") },
    Row("no path") { $0.drop("StorePath") },
    Row("a field that nobody knows, without a byte after it, before the path") { $0.prepend("X:") },
    Row("an empty line at the end") { $0.append("") },
    Row("a line without a colon at the end") { $0.append("foo") },
    Row("a field in small letters") { $0.replace("NarSize", with: "narsize: 120") },
    Row("a blank before a colon") { $0.replace("NarSize", with: "NarSize : 120") },
    Row("a byte order mark before the path") { $0.lines[0] = "\u{FEFF}\($0.lines[0])" },
    Row("a page of HTML") { $0.lines = ["<html>", "<body>Not: found</body>", "</html>"] },
    Row("a malformed signature of the trusted key first") { $0.prepend("Sig: lab-1:notbase64!") },
    Row("a malformed signature of the trusted key after it") { $0.append("Sig: lab-1:notbase64!") },
    Row("a short signature of the trusted key") { $0.append("Sig: lab-1:AAAA") },
    Row("a signature of nothing by the trusted key") { $0.append("Sig: lab-1:") },
    Row("an empty content address, and no blank, at the end") { $0.append("CA:") },
    Row("a content address that is none") { $0.append("CA: fixed") },
    Row("a content address twice") {
      for _ in 0..<2 { $0.append("CA: fixed:r:\($0.value("NarHash"))") }
    },
    // It claims what is not so, and a trusted key signed it all the same: 2.8 and 2.34 abort over some of them.
    Row("an untrue content address of an archive") { $0.append("CA: fixed:r:\($0.value("NarHash"))") },
    Row("an untrue content address of a file") { $0.append("CA: fixed:\($0.value("NarHash"))") },
    Row("an untrue content address of a text") { $0.append("CA: text:\($0.value("NarHash"))") },
    Row("a content address of a kind that nobody knows") { $0.append("CA: foo:\($0.value("NarHash"))") },
  ])
  func `is no narinfo where it refuses`(row: Row) throws {
    guard case .invalid = try answer(row) else {
      Issue.record("it is \(try answer(row))")
      return
    }
  }

  @Test(arguments: [
    Row("no signature") { $0.drop("Sig") },
    Row("a signature without a blank before it") { $0.replace("Sig", with: "Sig:\($0.value("Sig"))") },
    Row("a blank before the key's name") { $0.put("Sig", " \($0.value("Sig"))") },
    Row("another size") { $0.put("NarSize", "18446744073709551615") },
    Row("a malformed signature alone") { $0.put("Sig", "lab-1:notbase64!") },
    Row("an untrue content address alone") {
      $0.drop("Sig")
      $0.append("CA: fixed:r:\($0.value("NarHash"))")
    },
  ])
  func `is vouched for by nobody where it refuses for that`(row: Row) throws {
    switch try answer(row) {
    case .untrusted: break
    case let other: Issue.record("it is \(other)")
    }
  }
}

@Suite struct `What caches say of themselves` {
  // Nix 2.8.0, 2.26.3 and 2.34.8 use a cache that says so.
  @Test(arguments: [
    ("StoreDir: /nix/store\n", 0), ("StoreDir: /nix/store ", 0), ("StoreDir:\t/nix/store\n", 0),
    ("StoreDir:/nix/store\n", 0), ("StoreDir: /nix/store\r\nPriority: 40\r\n", 40),
    ("StoreDir: /nix/store\nPriority: 30.5\n", 30), ("StoreDir: /nix/store\nPriority: -5\n", -5),
    ("StoreDir: /nix/store\nPriority: +5\n", 5), ("StoreDir: /nix/store\nPriority: 0x10\n", 0),
    ("StoreDir: /nix/store\nPriority: 1e3\n", 1), ("StoreDir: /nix/store\nPriority:   40  \n", 40),
    ("StoreDir: /nix/store\nPriority: \t40x\n", 40), ("StoreDir: /nix/store\nWantMassQuery: maybe\n", 0),
  ])
  func `is read with the blanks that Nix trims`(text: String, priority: Int) throws {
    let info = try #require(CacheInfo(parsing: text))
    #expect(info.storeDirectory == "/nix/store")
    #expect(info.priority == priority)
  }

  // Another store's, with the same three.
  @Test(arguments: [
    "StoreDir: /nix/store/\n", "StoreDir: /other\n", "StoreDir: \n", "StoreDir: /nix/store\u{0B}\n",
  ])
  func `is for another store where anything else differs`(text: String) throws {
    #expect(try #require(CacheInfo(parsing: text)).storeDirectory != "/nix/store")
  }

  // Over each of these Nix ends with `error: stoi`.
  @Test(arguments: ["abc", "", "99999999999", "2147483648", "-", "x40"])
  func `is nothing to go by where its priority is no number`(priority: String) {
    #expect(CacheInfo(parsing: "StoreDir: /nix/store\nPriority: \(priority)\n") == nil)
  }
}

@Suite struct `Keys in base 64` {
  private static let digits = "A+5VGX3GEGuwizswCnng0t/p7er8Jbj4LCiDYE1X5QA"

  @Test(arguments: ["=", "", "==", "= ", "=\"", "=anything", "\n"])
  func `end at their padding, as Nix reads them`(end: String) throws {
    let key = try PublicKey(parsing: "main-1:\(Self.digits)\(end)")
    #expect(key.description == "main-1:\(Self.digits)=")
  }

  @Test func `in quotes are keys of another name`() throws {
    #expect(try PublicKey(parsing: "\"main-1:\(Self.digits)=\"").name == "\"main-1")
  }

  @Test(arguments: ["\(digits)\"", "\(digits) ", "AAAA", "", "="])
  func `that Nix cannot read are refused`(value: String) {
    #expect(throws: KeyError.self) { try PublicKey(parsing: "main-1:\(value)") }
  }
}
