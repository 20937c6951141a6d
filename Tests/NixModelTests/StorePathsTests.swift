import NixModel
import Testing

@Suite struct `Store paths` {
  private static let hash = "7h7qgvs4kgzsn8a6rb273saxyqh4jxlz"

  @Test(arguments: ["hello-2.12.1", "a", "a+b-c._?=Z9", "x.drv", String(repeating: "n", count: 211)])
  func `are read and written back`(name: String) throws {
    let text = "/nix/store/\(Self.hash)-\(name)"
    let path = try StorePath(parsing: text)
    #expect(path.description == text)
    #expect(path.hashPart == Self.hash)
    #expect(path.name == name)
    #expect(path.isDerivation == name.hasSuffix(".drv"))
  }

  @Test(arguments: [
    ("/nix/store/\(hash)", StorePathError.Flaw.hash), ("/nix/store/\(hash)-", .name),
    ("/nix/store/-a", .hash),
    ("/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-a", .hash), ("/nix/store/\(hash)x-a", .hash),
    ("/nix/store/\(hash)-a/bin", .belowAStorePath), ("/nix/store/\(hash)-a b", .name),
    ("/nix/store/\(hash)-ä", .name), ("/nix/store/\(hash)-\(String(repeating: "n", count: 212))", .name),
    ("/nix/stores/\(hash)-a", .notInDirectory(.standard)), ("\(hash)-a", .notInDirectory(.standard)),
    ("", .notInDirectory(.standard)),
  ])
  func `that are none are refused with what is wrong`(text: String, flaw: StorePathError.Flaw) {
    let error = #expect(throws: StorePathError.self) { try StorePath(parsing: text) }
    #expect(error?.flaw == flaw)
    #expect(error?.text.isEmpty == false || text.isEmpty)
  }

  @Test(arguments: ["/nix/store", "/nix/store/", "/nix/store///"])
  func `lie in a directory without final slashes`(text: String) {
    #expect(StoreDirectory(text) == .standard)
  }

  @Test(arguments: ["", "/", "//", "nix/store", "/nix//store", "/\u{301}/nix//store", "/nix/store\0"])
  func `lie in no directory but an absolute one`(text: String) { #expect(StoreDirectory(text) == nil) }

  @Test func `are told from their directory by bytes`() throws {
    #expect(throws: StorePathError.self) { try StorePath(parsing: "/nix/store/\u{301}\(Self.hash)-a") }
    let composed = try #require(StoreDirectory("/\u{E9}"))
    #expect(throws: StorePathError.self) { try StorePath(parsing: "/e\u{301}/\(Self.hash)-a", in: composed) }
  }

  @Test func `belong to their directory`() throws {
    let directory = try #require(StoreDirectory("/other/store/"))
    let path = try StorePath(parsing: "/other/store/\(Self.hash)-a", in: directory)
    #expect(path.description == "/other/store/\(Self.hash)-a")
    #expect(throws: StorePathError.self) { try StorePath(parsing: path.description) }
  }
}

@Suite struct `Installables` {
  private static let path = "/nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello"

  @Test(arguments: [
    ("nixpkgs#hello", Installable.flake(reference: "nixpkgs", attribute: "hello", outputs: .selected)),
    (
      "nixpkgs#hello^dev,out",
      .flake(reference: "nixpkgs", attribute: "hello", outputs: .named(["dev", "out"]))
    ),
    ("nixpkgs#hello^*", .flake(reference: "nixpkgs", attribute: "hello", outputs: .all)),
    ("github:NixOS/nixpkgs", .flake(reference: "github:NixOS/nixpkgs", attribute: "", outputs: .selected)),
    ("#hello", .flake(reference: ".", attribute: "hello", outputs: .selected)),
    // A mark that joins the sign before it hides no sign.
    ("a#\u{301}b^*", .flake(reference: "a", attribute: "\u{301}b", outputs: .all)),
  ])
  func `are read`(text: String, expected: Installable) throws {
    #expect(try Installable(parsing: text) == expected)
  }

  @Test func `of a file are attributes`() throws {
    let installable = try Installable(parsing: "a.b^out", of: .file("lab.nix"))
    #expect(installable == .file("./lab.nix", attribute: "a.b", outputs: .named(["out"])))
    #expect(installable.description == "./lab.nix#a.b^out")
  }

  /// A directory can bear the name of any flake, and a file be fetched from a flake's address.
  @Test(arguments: [
    ("github:NixOS/nixpkgs/nixos-unstable", "./github:NixOS/nixpkgs/nixos-unstable"),
    ("nixpkgs", "./nixpkgs"), ("nixpkgs/nixos-unstable", "./nixpkgs/nixos-unstable"),
    ("lab.nix", "./lab.nix"),
    ("./lab.nix", "./lab.nix"), ("../lab.nix", "../lab.nix"), ("/lab/lab.nix", "/lab/lab.nix"), (".", "."),
    ("<nixpkgs>", "<nixpkgs>"), ("https://example.org/x.tar.gz", "-f https://example.org/x.tar.gz"),
    ("channel:nixos-unstable", "-f channel:nixos-unstable"), ("flake:nixpkgs", "-f flake:nixpkgs"),
    ("path:/x", "./path:/x"), ("git+https://example.org/x", "./git+https://example.org/x"),
  ])
  func `of a file are not those of a flake`(file: String, source: String) throws {
    let installable = try Installable(parsing: "a", of: .file(file))
    #expect(installable.source == source)
    #expect(installable.description == "\(source)#a")
    #expect(try Installable(parsing: installable.description).source == source)
    // What can be no flake but one in a directory is in the same hands.
    if file != source, file != "lab.nix" {
      #expect(try Installable(parsing: "\(file)#a").description != installable.description)
    }
  }

  @Test(arguments: [
    ("github:NixOS/nixpkgs#a", "github:NixOS/nixpkgs"), ("nixpkgs#a", "nixpkgs"),
    ("nixpkgs/x.y#a", "nixpkgs/x.y"),
    ("#a", "."), (".#a", "."), ("..#a", ".."), ("/x#a", "/x"), ("x.y#a", "./x.y"), ("path:x#a", "path:x"),
    ("https://user:s3cret@example.org/x#a", "https://***@example.org/x"),
  ])
  func `of a flake say which`(text: String, source: String) throws {
    #expect(try Installable(parsing: text).source == source)
    #expect(Installable.source(named: String(text.prefix { $0 != "#" })) == (text == "#a" ? "" : source))
  }

  @Test func `are named by their text or by their attribute alone`() throws {
    let installable = try Installable(parsing: "nixpkgs#qemu_kvm")
    #expect(installable.isNamed("nixpkgs#qemu_kvm"))
    #expect(installable.isNamed("qemu_kvm"))
    #expect(!installable.isNamed("qemu"))
    #expect(!installable.isNamed("kvm"))
  }

  @Test func `that are derivations mean all outputs unless some are chosen`() throws {
    #expect(try Installable(parsing: "\(Self.path).drv").outputs == .all)
    #expect(try Installable(parsing: "\(Self.path).drv^out").outputs == .named(["out"]))
  }

  @Test(arguments: [
    "", "nixpkgs#a^", "nixpkgs#a^out,,dev", "nixpkgs#a^o ut", "/nix/store/short", "\(path)^out",
    "a^\u{301}out",
    "/nix/store/\u{301}",
  ])
  func `that are malformed are refused`(text: String) {
    #expect(throws: InstallableError.self) { try Installable(parsing: text) }
  }
}

@Suite struct `Addresses of caches` {
  @Test(arguments: [
    ("https://cache.example.org/", "https://cache.example.org"),
    ("https://cache.example.org/main?priority=10&trusted=1", "https://cache.example.org/main"),
    ("http://user:pa%40ss@cache.example.org:8080/main//", "http://cache.example.org:8080/main"),
    ("file:///srv/cache/", "file:///srv/cache"), ("/srv/cache", "/srv/cache"),
    ("s3://bucket?region=eu", "s3://bucket"),
  ])
  func `are shown without credentials, query and final slash`(text: String, canonical: String) throws {
    #expect(try SubstituterURL(parsing: text).canonical == canonical)
  }

  /// Each with what Nix 2.8.0, 2.26.3 and 2.34.8 print of it, where that differs.
  @Test(arguments: [
    ("http://h/a+b", ["http://h/a%2Bb"]), ("http://h/a%2Bb", ["http://h/a+b"]),
    ("http://h/a%2bb", ["http://h/a+b", "http://h/a%2Bb"]), ("http://h/%61b", ["http://h/ab"]),
    ("http://h/a%20b", ["http://h/a b"]), ("http://h/a%25b", ["http://h/a%b"]),
    ("http://h/a%2541", ["http://h/a%41"]), ("http://h/a%2Fb", ["http://h/a/b"]),
    ("http://h/%C3%A4", ["http://h/\u{E4}"]), ("http://h/a'b", ["http://h/a%27b"]),
    ("http://h/a~b@c:d;e=f,g$h!i*j(k)", ["http://h/a~b@c:d%3Be%3Df%2Cg%24h%21i%2Aj%28k%29"]),
    ("http://h:08080/main", ["http://h:8080/main"]),
    ("http://h:080/main", ["http://h:80/main", "http://h/main"]),
    ("https://h:443/main", ["https://h/main"]), ("http://h/a//", ["http://h/a/", "http://h/a"]),
    ("http://h//a//b", ["http://h/a/b"]), ("http://h/a/../b/./c", ["http://h/b/c"]),
    ("http://u:p@H.Example/main/?priority=3", ["http://h.example/main", "http://***@H.EXAMPLE/main"]),
    ("http://h/a//../b", ["http://h/a/b"]), ("file:///a//../b", ["file:///b"]),
    ("http://h/main#x", ["http://h/main"]), ("file:///srv/./b/../a+b/", ["file:///srv/a%2Bb"]),
    ("/srv/cache", ["file:///srv/cache"]), ("http://[::1]:080/a", ["http://[::1]/a"]),
  ])
  func `are equal to what Nix prints of them`(text: String, printed: [String]) throws {
    let url = try SubstituterURL(parsing: text)
    for other in printed + [text, url.canonical] {
      #expect(url.isPrinted(as: other), "\(other)")
      if let parsed = try? SubstituterURL(parsing: other), !other.contains("%41") {
        #expect(parsed == url, "\(other)")
        #expect(Set([parsed, url]).count == 1)
      }
    }
  }

  @Test(arguments: [
    ("http://h/a", "https://h/a"), ("http://h/a", "http://h:81/a"), ("http://h/a", "http://h/A"),
    ("http://h/a", "http://h/a/b"), ("http://h/a", "http://g/a"), ("http://h/a", "http://h"),
    ("http://h/a", "http://h@g/a"), ("http://h/a", "http://h.g/a"), ("http://h:80/a", "https://h:80/a"),
    ("http://h/%FF", "http://h/%FE"), ("http://h/a", ""), ("http://h/a", "h/a"), ("http://h/a", "://"),
    ("http://h/a", "http:/h/a"), ("http://h/a", "http://h/\u{E4}"), ("http://h8/a", "http://h/8/a"),
  ])
  func `are told from other places`(text: String, other: String) throws {
    let url = try SubstituterURL(parsing: text)
    #expect(!url.isPrinted(as: other))
    if let parsed = try? SubstituterURL(parsing: other) { #expect(parsed != url) }
  }

  @Test(arguments: [
    ("http://h/a/../b/./c/", "http://h/b/c"), ("http://h/../a", "http://h/a"),
    ("http://h//a//b", "http://h//a//b"),
    ("file:///a/../b", "file:///a/../b"), ("http://h", "http://h"),
  ])
  func `begin requests as curl asks`(text: String, base: String) throws {
    #expect(try SubstituterURL(parsing: text).base == base)
  }

  @Test(arguments: ["/", "@", "u:p@", "?", "%"])
  func `take time in proportion to their length`(piece: String) {
    let text = "https://h/" + String(repeating: piece, count: (1 << 18) / piece.utf8.count)
    let time = ContinuousClock().measure {
      _ = (try? SubstituterURL(parsing: text))?.isPrinted(as: text)
      _ = try? Installable(parsing: text)
      _ = StoreDirectory("/\(text)")
    }
    // A second time over each of 262,144 bytes would take minutes.
    #expect(time < .seconds(30))
  }

  @Test(arguments: [
    "https://me:hunter2@\u{200D}h/c", "https://me:hunter2@\u{301}h", "https:/\u{301}/me:hunter2@h",
  ])
  func `hide a password before a joining mark`(text: String) {
    #expect(!((try? SubstituterURL(parsing: text).canonical) ?? "").contains("hunter2"))
    do { _ = try SubstituterURL(parsing: text) } catch { #expect(!"\(error)".contains("hunter2")) }
  }

  @Test(arguments: [
    "", "cache.example.org", "http://", "file://host/x y", "https:///main", "file://host/x", "file://:///",
  ])
  func `that are none are refused`(text: String) {
    #expect(throws: SubstituterURLError.self) { try SubstituterURL(parsing: text) }
  }

  @Test func `never print a password`() throws {
    let url = try SubstituterURL(parsing: "https://me:hunter2@cache.example.org/main?secret-key=/k")
    var dumped = ""
    dump(url, to: &dumped)
    for text in ["\(url)", String(reflecting: url), dumped] { #expect(!text.contains("hunter2")) }
    #expect(url.credentials?.password == "hunter2")
  }
}

@Suite struct `Redacted texts` {
  @Test(arguments: [
    ("copying path 'x' from 'http://u:secretpw@h/c'...", "copying path 'x' from 'http://***@h/c'..."),
    ("https://token@h", "https://***@h"), ("ssh-ng://me:a@b@host/x", "ssh-ng://***@host/x"),
    ("mail a@b.example", "mail a@b.example"), ("file:///c?secret-key=/run/key", "file:///c?secret-key=***"),
    ("https://h/c?token=abc&x=1", "https://h/c?token=***&x=1"),
    ("http://h/path@2x.png", "http://h/path@2x.png"), ("http://h:80/path@2x.png", "http://h:80/path@2x.png"),
    // A mark that joins the sign before it makes one character of both.
    ("http://u:secretpw@\u{200D}h", "http://***@\u{200D}h"),
    ("http://u:secretpw@\u{301}h/c", "http://***@\u{301}h/c"),
    ("http:/\u{301}/u:secretpw@h", "http:/\u{301}/***@h"), ("http://u:\u{301}secretpw@h", "http://***@h"),
    ("https://h/c?token=\u{301}abc", "https://h/c?token=***"),
    // Apostrophes are allowed in passwords.
    ("from 'http://u:se'cretpw@h'...", "from 'http://***@h'..."),
    ("'https://h?token=a'bc' to 'x'", "'https://h?token=***' to 'x'"),
    // Without a scheme.
    ("to u:secretpw@h/c", "to ***@h/c"), ("'u:secret@pw@h'", "'***@h'"), ("git@h:c", "git@h:c"),
    ("//u:secretpw@h", "//***@h"),
    // A parameter in a password, and names in any case.
    ("http://u:token=x@h/c", "http://***@h/c"), ("http://u:p?token=secretpw@h/c", "http://***@h/c"),
    ("ATTIC_TOKEN=secretpw x", "ATTIC_TOKEN=*** x"), ("x:token=a/b&c@d", "***@d"), ("token=", "token="),
  ])
  func `takes out what is secret and nothing else`(text: String, redacted: String) {
    // Compared as bytes: texts that look the same are equal to Swift.
    #expect(Array(Redaction.redact(text).utf8) == Array(redacted.utf8))
    #expect(Array(Redaction.redact(redacted).utf8) == Array(redacted.utf8))
  }

  @Test(arguments: ["@", "=", "token=", "http://", "u:p@", "http://u@", "'", "/"])
  func `take time in proportion to their length`(piece: String) {
    let text = String(repeating: piece, count: (1 << 18) / piece.utf8.count)
    let time = ContinuousClock().measure { _ = Redaction.redact(text) }
    // A second time over each of 262,144 bytes would take minutes.
    #expect(time < .seconds(30))
  }
}

@Suite struct `Excerpts` {
  @Test(arguments: [
    ("plain", "plain"), ("caf\u{E9} \u{4F60}", "caf\u{E9} \u{4F60}"), ("a\nb\tc", "a b c"),
    ("\u{1B}[1m", "\\u{1b}[1m"), ("\u{202E}", "\\u{202e}"), ("http://u:pw@h", "http://***@h"),
    (String(repeating: "x", count: 81), String(repeating: "x", count: 80) + "…"),
    ("e" + String(repeating: "\u{301}", count: 1000), "e" + String(repeating: "\u{301}", count: 79) + "…"),
    (String(repeating: "x", count: 70) + "http://u:pw@h", String(repeating: "x", count: 70) + "http://***…"),
  ])
  func `are short, printable and without credentials`(text: String, excerpt: String) {
    #expect(Array(text.excerpt.utf8) == Array(excerpt.utf8))
  }

  @Test(arguments: ["lab-1:c2VjcmV0", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"])
  func `of keys are their names alone`(text: String) {
    do { _ = try PublicKey(parsing: text) } catch { #expect(!"\(error)".contains("c2VjcmV0")) }
  }
}
