import Foundation
import NixModel
import Testing

@Suite struct `What a cache repeats` {
  @Test(arguments: [
    ("Authorization: Basic dXNlcjpzM2NyM3Q=", "Authorization: ***"),
    ("authorization:Bearer abc.def.ghi\nHost: c", "authorization:***\nHost: c"),
    (#"{"Authorization": "Basic dXNlcjpzM2NyM3Q=", "Host": "c"}"#, #"{"Authorization": "***", "Host": "c"}"#),
    (#"{'Authorization': 'Basic dXNlcjpzM2NyM3Q=', 'Host': 'c'}"#, #"{'Authorization': '***', 'Host': 'c'}"#),
    (#""{\"Authorization\":\"Basic dXNlcjpzM2NyM3Q=\"}""#, #""{\"Authorization\":\"***\"}""#),
    ("X-Attic-Token: abcdef", "X-Attic-Token: ***"), ("x-api-key:abcdef x", "x-api-key:***"),
    ("Cookie: a=b; c=d", "Cookie: ***"), ("Proxy-Authorization: Basic x", "Proxy-Authorization: ***"),
    ("<p>Authorization: Basic dXNl</p>", "<p>Authorization: ***</p>"),
    (
      "you sent Basic dXNlcjpzM2NyM3Q= to me",
      "you sent *** to me".replacing("sent ***", with: "sent Basic ***")
    ),
    ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Bearer ***"),
    ("Basic authentication is required", "Basic authentication is required"),
    ("the bearer of this", "the bearer of this"), ("Authorization:", "Authorization:"),
    ("error: cannot build 'x-1.0: y'", "error: cannot build 'x-1.0: y'"),
    ("https://cache.example/main", "https://cache.example/main"), ("a: b", "a: b"),
  ])
  func `is taken out of its text`(text: String, redacted: String) {
    #expect(Redaction.redact(text) == redacted)
    #expect(Redaction.redact(redacted) == redacted)
  }

  @Test(arguments: [
    (
      "error: illegal configuration line 'access-tokens github.com=ghp' in 'NIX_CONFIG'",
      "error: illegal configuration line '***' in 'NIX_CONFIG'"
    ),
    (
      "syntax error in configuration line 'it's a secret' in '/etc/nix/nix.conf'",
      "syntax error in configuration line '***' in '/etc/nix/nix.conf'"
    ),
    ("configuration line 'x", "configuration line '***"),
  ])
  func `is taken out of what Nix quotes of its configuration`(text: String, redacted: String) {
    #expect(Redaction.redact(text) == redacted)
    #expect(Redaction.redact(redacted) == redacted)
  }

  @Test(arguments: [
    (
      "https://b.example/x.tar.gz?X-Amz-Signature=abcdef&rev=0123456789",
      "https://b.example/x.tar.gz?X-Amz-Signature=***&rev=0123456789"
    ),
    ("https://b.example/x.tar.gz?sv=2022&sig=a%2Fb%3D", "https://b.example/x.tar.gz?sv=***&sig=***"),
    (
      "git+https://h/r?ref=main&dir=sub&private=abcdef#attr",
      "git+https://h/r?ref=main&dir=sub&private=***#attr"
    ),
    (
      "github:o/r?narHash=sha256-abcdefgh%3D&lastModified=1700000000#x",
      "github:o/r?narHash=sha256-abcdefgh%3D&lastModified=1700000000#x"
    ),
    (
      "https://c?priority=30&want-mass-query=true&trusted=true",
      "https://c?priority=30&want-mass-query=true&trusted=true"
    ),
    ("nar/0abc.nar.zst?hash=0abcdefgh", "nar/0abc.nar.zst?hash=0abcdefgh"),
    ("'https://h/x?key=abcdef' is gone", "'https://h/x?key=***' is gone"),
    ("x?token=abcdef#y", "x?token=***#y"),
    ("a=abcdef", "a=abcdef"), ("?a=1", "?a=1"), ("http://u:p?k=secret@h/c", "http://***@h/c"),
  ])
  func `are a query's values but those that Nix knows`(text: String, redacted: String) {
    #expect(Redaction.redact(text) == redacted)
    #expect(Redaction.redact(redacted) == redacted)
  }
}

@Suite struct `What is known to be secret` {
  private static let secret = "s3cr3t/pl\"nted+long-enough"

  private func redact(_ text: String, knowing secrets: [String]) -> String {
    let known = KnownSecrets()
    secrets.forEach { known.learn($0) }
    return Redaction.$known.withValue(known) {
      let once = Redaction.redact(text)
      #expect(Redaction.redact(once) == once)
      return once
    }
  }

  @Test(arguments: [
    secret, "s3cr3t/pl\\\"nted+long-enough", "s3cr3t%2Fpl%22nted%2Blong-enough",
    "s3cr3t%2fpl%22nted%2blong-enough",
    Data(secret.utf8).base64EncodedString(), Data("user:\(secret)".utf8).base64EncodedString(),
    Data("longer-user:\(secret)".utf8).base64EncodedString(),
    Data("x\(secret)\nmore".utf8).base64EncodedString(),
    Data("u:\(secret)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_"),
    Data(secret.utf8).map { String(format: "%02x", $0) }.joined(),
  ])
  func `is taken out in every spelling`(spelling: String) {
    #expect(redact("so \(spelling), it is", knowing: [Self.secret]) == "so ***, it is")
    #expect(redact(spelling, knowing: [Self.secret]) == "***")
  }

  @Test func `is taken out line by line`() {
    #expect(redact("x line-one y line-two z", knowing: ["line-one\n  line-two\n"]) == "x *** y *** z")
  }

  @Test func `is no shorter than words are`() {
    #expect(redact("a pass is a pass", knowing: ["pass", ""]) == "a pass is a pass")
  }

  @Test func `stays taken out where one is part of another, or has the mark in it`() {
    #expect(redact("abcdefghij", knowing: ["abcdef", "abcdefghij"]) == "***")
    #expect(!redact("secretabc ***abc", knowing: ["secret", "***abc"]).contains("abc"))
    #expect(!redact("secretdef", knowing: ["secret", "***def"]).contains("def"))
  }

  @Test func `is known to a task and those that it starts, and to no other`() async {
    let known = KnownSecrets()
    known.learn(Self.secret)
    let (inside, child) = await Redaction.$known.withValue(known) {
      async let child = Redaction.redact(Self.secret)
      return (Redaction.redact(Self.secret), await child)
    }
    #expect(inside == "***" && child == "***")
    #expect(Redaction.redact(Self.secret) == Self.secret)
  }

  @Test func `is taken out of whatever is written only where it is nothing else`() {
    let known = KnownSecrets()
    known.learn("python")
    known.learn(Self.secret)
    Redaction.$known.withValue(known) {
      #expect(
        Redaction.withoutKnown("/nix/store/x-python-3.12 \(Self.secret)") == "/nix/store/x-python-3.12 ***")
      #expect(Redaction.redact("error: python") == "error: ***")
    }
  }

  @Test func `shows a mark`() {
    let known = KnownSecrets()
    known.learn(Self.secret)
    var text = "\(known) \(String(reflecting: known))"
    dump(known, to: &text)
    #expect(!text.contains("s3cr3t"))
  }

  @Test(arguments: ["=", "?a=", "&", "x-a:", "Basic ", "configuration line '", "s3cr3", "?abcdef=abcdef&"])
  func `takes time in proportion to the text`(piece: String) {
    let text = String(repeating: piece, count: (1 << 18) / piece.utf8.count)
    let time = ContinuousClock().measure { _ = redact(text, knowing: [Self.secret]) }
    #expect(time < .seconds(30))
  }
}
