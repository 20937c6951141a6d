import Foundation
import NixModel
import TestSupport
import Testing

@Suite struct `Narinfos` {
  /// Published by Hydra: the key and the signature of cache.nixos.org over hello 2.12.1 would need the
  /// network, so the lab's own caches stand in (EndToEndTests); here keys are made on the spot.
  private let path: StorePath
  private let reference: StorePath
  private let key = LabKey("lab-1")

  init() throws {
    path = try Make.path("hello-2.12.1")
    reference = try Make.path("glibc-2.40")
  }

  private func text(_ change: (inout [String]) -> Void = { _ in }) throws -> String {
    var lines = try Make.narinfoText(path, references: [reference, path], signedBy: [key])
      .split(separator: "\n").map(String.init)
    change(&lines)
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func `are read field by field`() throws {
    let narinfo = try Narinfo(parsing: text(), for: path)
    #expect(narinfo.path == path)
    #expect(narinfo.references == [reference, path])
    #expect(narinfo.narSize == 120)
    #expect(narinfo.fileSize == 60)
    #expect(narinfo.compression == "xz")
    #expect(narinfo.signatures.map(\.keyName) == ["lab-1"])
  }

  @Test func `ignore fields that they do not know`() throws {
    _ = try Narinfo(parsing: text { $0.append("X-Later: something: else") }, for: path)
  }

  @Test func `without Compression are bzip2, as in Nix`() throws {
    let narinfo = try Narinfo(parsing: text { $0.removeAll { $0.hasPrefix("Compression") } }, for: path)
    #expect(narinfo.compression == "bzip2")
  }

  @Test(arguments: ["StorePath", "URL", "NarHash", "NarSize"])
  func `without a required field are refused`(field: String) throws {
    let text = try text { $0.removeAll { $0.hasPrefix("\(field):") } }
    #expect(throws: NarinfoError(line: nil, flaw: .missing(field))) { try Narinfo(parsing: text, for: path) }
  }

  @Test(arguments: [
    "NarSize: 0", "NarSize: -1", "NarSize: 1e3", "NarHash: sha256:short", "NarHash: md5:x",
    "References: /nix/store/x",
    "Deriver: x", "CA: fixed", "FileSize: many",
  ])
  func `with a value that cannot be read are refused`(line: String) throws {
    let field = line.prefix { $0 != ":" }
    let text = try text { lines in
      lines.removeAll { $0.hasPrefix("\(field):") }
      lines.append(line)
    }
    #expect(throws: NarinfoError.self) { try Narinfo(parsing: text, for: path) }
  }

  @Test func `that are cut short, have carriage returns, or are HTML are refused`() throws {
    let whole = try text()
    for broken in [
      String(whole.dropLast()), whole.replacing("\n", with: "\r\n"), "<html>\n<p>no</p>\n</html>\n", "", "\n",
    ] {
      #expect(throws: NarinfoError.self) { try Narinfo(parsing: broken, for: path) }
    }
  }

  @Test func `with more signatures than anyone makes are refused`() throws {
    let most = try text { $0 += Array(repeating: "Sig: a:b", count: Narinfo.maximumSignatures - 1) }
    #expect(try Narinfo(parsing: most, for: path).signatures.count == 1)
    #expect(throws: NarinfoError.self) { try Narinfo(parsing: most + "Sig: a:b\n", for: path) }
  }

  @Test func `with a joining mark after a colon keep their fields`() throws {
    let narinfo = try Narinfo(parsing: text { $0.append("X:\u{301}y") }, for: path)
    #expect(narinfo.path == path)
  }

  @Test func `show no password of a value that is none`() throws {
    do { _ = try Narinfo(parsing: text { $0.append("FileSize: u:hunter2@h") }, for: path) } catch {
      #expect(!"\(error)".contains("hunter2"))
    }
  }

  @Test(arguments: [
    ("nar/x.nar.xz", true), ("https://c/nar/x", true), ("nar/../x", true), ("nar/..x/../..y", true),
    ("../x", false), ("nar/../../x", false), ("nar/../../\u{301}x", false), ("nar/%2e%2e/%2E./x", false),
    ("nar/..%2f..%2fx", false), ("https://c/../x", false), ("https://c/nar/../..", false),
    ("https://other/x", false), ("https://C:443/nar/x", true), ("https://C:444/nar/x", false),
    ("https://C/%2e%2e/x", true), ("HTTPS://u@c//x?y", true), ("http://C:443/x", false),
    ("https://cc/x", false), ("https://\u{301}c/x", false), ("https://c\u{301}/x", false),
  ])
  func `say whether their archive is in the cache`(url: String, isWithin: Bool) throws {
    let text = try text { lines in lines = lines.map { $0.hasPrefix("URL:") ? "URL: \(url)" : $0 } }
    let cache = try SubstituterURL(parsing: "https://c")
    #expect(try Narinfo(parsing: text, for: path).isWithin(cache) == isWithin)
  }

  @Test func `of another path are refused`() throws {
    #expect(throws: NarinfoError(line: 1, flaw: .otherPath(path))) {
      try Narinfo(parsing: text(), for: reference)
    }
  }

  @Test func `are verified by the trusted key alone`() throws {
    let narinfo = try Narinfo(parsing: text(), for: path)
    let trusted = TrustedKeys([try key.trusted()])
    #expect(VerifiedNarinfo(narinfo, trusting: trusted)?.authority == .signed(by: ["lab-1"]))
    #expect(VerifiedNarinfo(narinfo, trusting: TrustedKeys([])) == nil)
    // Another key under the same name vouches for nothing.
    #expect(VerifiedNarinfo(narinfo, trusting: TrustedKeys([try LabKey("lab-1").trusted()])) == nil)
    // Of two keys with one name the first listed counts.
    let shadowed = TrustedKeys([try LabKey("lab-1").trusted(), try key.trusted()])
    #expect(VerifiedNarinfo(narinfo, trusting: shadowed) == nil)
  }

  @Test(arguments: ["NarSize: 121", "References: ", "NarHash: sha256:1\(String(repeating: "0", count: 51))"])
  func `that were changed after signing verify no more`(line: String) throws {
    let field = line.prefix { $0 != ":" }
    let text = try text { lines in
      lines = lines.map { $0.hasPrefix("\(field):") ? line : $0 }
    }
    let trusted = TrustedKeys([try key.trusted()])
    #expect(VerifiedNarinfo(try Narinfo(parsing: text, for: path), trusting: trusted) == nil)
  }

}

@Suite struct `Hashes` {
  // Made with: nix hash to-base32 / to-base16 / to-sri on the SHA-256 of the empty string.
  private static let spellings = [
    "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  ]

  @Test(arguments: spellings)
  func `are the same in every spelling`(text: String) throws {
    #expect(try #require(NarHash(text)).nix32 == Self.spellings[0])
  }

  @Test(arguments: [
    "", "sha256:", "sha256:zz", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256-short=",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
    "sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
  ])
  func `that are none are refused`(text: String) { #expect(NarHash(text) == nil) }

  @Test func `in base 32 survive the round trip`() {
    var generator = SystemRandomNumberGenerator()
    for length in [1, 20, 32, 64] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(Nix32.decode(Nix32.encode(bytes)) == bytes)
    }
  }
}

/// What Nix 2.8.0 made of a file that holds "hello" and a newline: `nix-store --add file`,
/// `nix-store --add-fixed sha256 file`, `nix-store --query --hash`, `nix-hash --flat --base32 --type sha256`.
private enum Known {
  static let recursiveHash = "ihdwy5k1i80r3gggim39pday2v3vbpna"
  static let flatHash = "1vap48aqggkk52ijn2prxzxv7cnzvs0w"
  static let narHash = "sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw"
  static let fileHash = "sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq"
}

@Suite struct `Content addresses` {
  @Test(arguments: ["fixed:\(Known.fileHash)", "fixed:r:\(Known.narHash)", "text:\(Known.fileHash)"])
  func `are read and written back`(text: String) throws {
    #expect(try #require(ContentAddress(text)).description == text)
  }

  // Each was refused as the CA of a narinfo by Nix 2.8.0, 2.26.3 and 2.34.8.
  @Test(arguments: [
    "", "fixed", "fixed:", "fixed:r:sha256", "text:sha256:", "other:\(Known.fileHash)", "fixed:r:sha256:x:y",
    "fixed:r:sha256:zz", "fixed:sha256-fLAelLIg38JAp3nHP1zdnl0WzBNHHm0KsJbDdsrMNI0=",
    "text:sha1:vj7i5vl4q4hq67v65mj3715cbqhr5jsz", "fixed:git:sha1:vj7i5vl4q4hq67v65mj3715cbqhr5jsz",
    "fixed:r:blake3:\(String(repeating: "0", count: 64))", "fixed:\u{301}r:\(Known.narHash)",
  ])
  func `that are none are refused`(text: String) { #expect(ContentAddress(text) == nil) }

  /// Paths whose names end in their algorithm, of a file that holds "hello" and a newline four times. Nix 2.8.0,
  /// 2.26.3 and 2.34.8 copied each from a cache that nobody signs.
  @Test(arguments: [
    ("1xyhib1wx1f9pmiz2zk5pd4g8phb9ha5-md5-f", "fixed:md5:6fk77gfm6hzvqjf5n8whyr19x9"),
    ("1xyhib1wx1f9pmiz2zk5pd4g8phb9ha5-md5-f", "fixed:md5:a9a7903de4c81627f1fed054f7ce99ce"),
    ("78rcq4a148w8bsh3nmkrafcm58cjy1ar-md5-r", "fixed:r:md5:20nkq9lyfa4xv44pcc8gy43hd0"),
    ("j5l6p9ldb4swmkqgzdy6n9ksdnzgdgza-sha1-f", "fixed:sha1:vj7i5vl4q4hq67v65mj3715cbqhr5jsz"),
    ("xbmfwg6cfsa1c1wnxmslqlhghv6gdjjy-sha1-r", "fixed:r:sha1:zb7a8zg9l7ga3r0ms6gr8pjyx9bj8gh9"),
    (
      "2qwbyapmski5r4667r5qpl5gdl1s5sc6-sha256-f",
      "fixed:sha256:15g5hfxrhll8m7nn3pzz1hqk43g7asl7jmykysi0prv71zczqmmd"
    ),
    (
      "ray9fxzl90zf6fp1rll6p2dfa43gkclf-sha256-r",
      "fixed:r:sha256:139lrk57dhwnn056s7j72g61cpcyvmf3zivrlx0c5pr0naa1xc3w"
    ),
    (
      "ynl3a9lbri59a0aaw675rj7scib0i72k-sha512-f",
      "fixed:sha512:0xbm01s26wfpb1d9i8b9jq8l41wnbwz0mlv553338wx38m611823c25y7pfdlapc0ls9x0nfrnizk2rhq4zp1i7c705ym831m1d22fz"
    ),
    (
      "kva9g58r2lcpyibnsa3asqwhcbnhs635-sha512-r",
      "fixed:r:sha512:0g1j7bf7zr77p0mg1ggvnafrz5pjqzqk2r2zlykc9ahbb41h08z0zk4sl2l8vxqgzf5vja33b17bbwph9331lnynj1pl2r5s6ir3syf"
    ),
    (
      "sjmv8z5lf9dzzqxw7g0d4bpxxii8aih5-text-sha256",
      "text:sha256:15g5hfxrhll8m7nn3pzz1hqk43g7asl7jmykysi0prv71zczqmmd"
    ),
  ])
  func `of every algorithm are true of the paths that Nix copies`(name: String, address: String) throws {
    let nar = try #require(NarHash("sha256:139lrk57dhwnn056s7j72g61cpcyvmf3zivrlx0c5pr0naa1xc3w"))
    let path = try StorePath(baseName: name)
    let claim = try #require(ContentAddress(address))
    #expect(claim.isTrue(of: path, references: [], narHash: nar))
    // Of no other name, and with no reference: for `fixed:` there are none but of SHA-256 over the archive.
    let other = try StorePath(baseName: "\(name)x")
    #expect(!claim.isTrue(of: other, references: [], narHash: nar))
    #expect(!claim.isTrue(of: path, references: [other], narHash: nar))
  }

  @Test func `of a text or an archive name what it refers to`() throws {
    let nar = try #require(NarHash("sha256:139lrk57dhwnn056s7j72g61cpcyvmf3zivrlx0c5pr0naa1xc3w"))
    let dependency = try StorePath(baseName: "015y4mca0brdgw0qkvdsyljly217136j-dep")
    let archive = try #require(ContentAddress("fixed:r:\(nar)"))
    let path = try StorePath(baseName: "8bszlfvdb2wnrkrxjn8p7z6a5argypz3-withref")
    #expect(!archive.isTrue(of: path, references: [], narHash: nar))
    #expect(archive.isTrue(of: path, references: [dependency, dependency], narHash: nar))
  }

  @Test func `are true of the paths that Nix gives`() throws {
    let recursive = try StorePath(parsing: "/nix/store/\(Known.recursiveHash)-file")
    let nar = try #require(NarHash(Known.narHash))
    let address = try #require(ContentAddress("fixed:r:\(Known.narHash)"))
    #expect(address.isTrue(of: recursive, references: [], narHash: nar))
    let flat = try StorePath(parsing: "/nix/store/\(Known.flatHash)-file")
    let flatAddress = try #require(ContentAddress("fixed:\(Known.fileHash)"))
    #expect(flatAddress.isTrue(of: flat, references: [], narHash: nar))
    #expect(!address.isTrue(of: flat, references: [], narHash: nar))
    #expect(!address.isTrue(of: recursive, references: [flat], narHash: nar))
  }
}
