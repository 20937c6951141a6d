import Credentials
import Foundation
import NixModel
import Testing

private let now = Date(timeIntervalSince1970: 1_777_809_600)
private let planted = "s3cr3t-pl4nted"

/// A token with these claims. Its signature is of no matter.
private func token(_ claims: String) -> String {
  let encode = { (text: String) in
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
      "=", with: "")
  }
  return "\(encode(#"{"alg":"HS256"}"#)).\(encode(claims)).c2ln"
}

private func attic(_ letters: String, _ more: String = "") -> String {
  token(#"{\#(more)"https://jwt.attic.rs/v1":{"caches":{"main":{\#(letters)}}}}"#)
}

private func found(
  _ environment: [String: String] = [:], files: [String: Surroundings.FileAnswer] = [:],
  secretKeyFiles: [String] = [], postBuildHook: String? = nil, netrcFile: String? = nil,
  substituters: [SubstituterURL] = []
) -> [MeansOfWriting] {
  Surroundings(
    environment: environment, home: "/home/me", secretKeyFiles: secretKeyFiles, postBuildHook: postBuildHook,
    netrcFile: netrcFile, substituters: substituters, readFile: { files[$0] ?? .absent }
  ).meansOfWriting(at: now)
}

@Suite struct `Means of writing` {
  @Test func `are none where there is nothing`() {
    #expect(found().isEmpty)
    #expect(found(["ATTIC_TOKEN": "", "AWS_ACCESS_KEY_ID": "", "CACHIX_AUTH_TOKEN": ""]).isEmpty)
  }

  @Test(arguments: [
    ("ATTIC_TOKEN", MeansOfWriting.Kind.atticToken),
    ("ATTIC_SERVER_TOKEN_HS256_SECRET_BASE64", .atticServerSecret),
    ("ATTIC_SERVER_TOKEN_RS256_SECRET_BASE64", .atticServerSecret),
    ("ATTIC_SERVER_CONFIG_BASE64", .atticServerSecret),
    ("CACHIX_AUTH_TOKEN", .cachixToken), ("CACHIX_SIGNING_KEY", .cachixSigningKey),
    ("AWS_ACCESS_KEY_ID", .awsCredentials), ("AWS_SECRET_ACCESS_KEY", .awsCredentials),
    ("AWS_SESSION_TOKEN", .awsCredentials), ("AWS_WEB_IDENTITY_TOKEN_FILE", .awsCredentials),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", .awsCredentials),
  ])
  func `lie in variables`(name: String, kind: MeansOfWriting.Kind) {
    let all = found([name: planted])
    #expect(all.map(\.kind) == [kind])
    #expect(all.allSatisfy { $0.countsAsWriting })
    #expect(all[0].place.contains(name))
  }

  @Test(arguments: [
    (
      "/home/me/.config/attic/config.toml", "[servers.main]\nendpoint = \"x\"\ntoken = \"\(planted)\"",
      MeansOfWriting.Kind.atticToken
    ),
    ("/home/me/.config/attic/config.toml", "[servers.main\n", .atticToken),
    ("/home/me/.config/attic/config.toml", "[=", .atticToken),
    ("/home/me/.config/attic/config.toml", "x = [1, }", .atticToken),
    ("/home/me/.config/attic/config.toml", "x = \"a\"\u{301}[=\"", .atticToken),
    ("/home/me/.config/cachix/cachix.dhall", "{ authToken = \"\u{301}\(planted)\" }", .cachixToken),
    ("/home/me/.aws/credentials", "aws_secret_access_key =\u{301}\(planted)", .awsCredentials),
    ("/home/me/.netrc", "machine h login u password \(planted)", .netrcPassword),
    ("/home/me/.config/nix/netrc", "default password \(planted)", .netrcPassword),
    ("/home/me/.config/cachix/cachix.dhall", "{ authToken = \"\(planted)\" }", .cachixToken),
    (
      "/home/me/.config/cachix/cachix.dhall",
      "{ binaryCaches = [{ name = \"n\", secretKey = \"\(planted)\" }] }", .cachixSigningKey
    ),
    ("/home/me/.aws/credentials", "[default]\naws_secret_access_key = \(planted)", .awsCredentials),
    ("/home/me/.aws/config", "[default]\ncredential_process = /bin/get \(planted)", .awsCredentials),
  ])
  func `lie in files`(path: String, content: String, kind: MeansOfWriting.Kind) {
    let all = found(files: [path: .text(content)])
    #expect(all.map(\.kind) == [kind])
    #expect(all.allSatisfy { $0.countsAsWriting && $0.place.contains(path) })
  }

  @Test(arguments: [
    "/home/me/.config/attic/config.toml", "/home/me/.netrc", "/home/me/.config/cachix/cachix.dhall",
    "/home/me/.aws/credentials",
  ])
  func `may lie in a file that cannot be read`(path: String) {
    let all = found(files: [path: .unreadable("Permission denied")])
    #expect(all.count == 1)
    #expect(all.allSatisfy { $0.countsAsWriting })
  }

  @Test(arguments: [
    ("/home/me/.config/attic/config.toml", "[servers.main]\nendpoint = \"x\"\n"),
    ("/home/me/.netrc", "machine h login u\n"),
    ("/home/me/.config/cachix/cachix.dhall", "{ authToken = \"\" }"),
    ("/home/me/.aws/config", "[default]\nregion = eu\n"),
  ])
  func `do not lie in a file without credentials`(path: String, content: String) {
    #expect(found(files: [path: .text(content)]).isEmpty)
  }

  @Test func `are followed from Attic's configuration into a token file`() {
    let toml = "[servers.main]\nendpoint = \"x\"\ntoken-file = \"/run/token\"\n"
    let path = "/cfg/attic/config.toml"
    let environment = ["XDG_CONFIG_HOME": "/cfg"]
    let reading = found(
      environment, files: [path: .text(toml), "/run/token": .text("\(attic(#""r":1"#))\n")])
    #expect(reading.map(\.countsAsWriting) == [false])
    let writing = found(environment, files: [path: .text(toml), "/run/token": .text(attic(#""w":1"#))])
    #expect(writing.map(\.countsAsWriting) == [true])
    #expect(writing[0].place.contains("/run/token"))
    #expect(found(environment, files: [path: .text(toml)]).isEmpty)
  }

  @Test func `are Nix's own settings`() {
    let all = found(secretKeyFiles: ["/etc/key"], postBuildHook: "/etc/hook")
    #expect(all.map(\.kind) == [.nixSecretKey, .postBuildHook])
    #expect(all.allSatisfy { $0.countsAsWriting })
  }

  @Test func `are addresses that hold a secret`() throws {
    let urls = try ["https://u:\(planted)@h", "s3://b?secret-key=/k", "https://h"].map {
      try SubstituterURL(parsing: $0)
    }
    #expect(found(substituters: urls).map(\.kind) == [.storeAddress, .storeAddress])
  }

  @Test func `are all found at once`() {
    let all = found(
      ["ATTIC_TOKEN": planted, "CACHIX_AUTH_TOKEN": planted, "AWS_SESSION_TOKEN": planted],
      files: ["/n": .text("machine h password \(planted)")], secretKeyFiles: ["/k"], netrcFile: "/n")
    #expect(all.map(\.kind) == [.atticToken, .netrcPassword, .nixSecretKey, .cachixToken, .awsCredentials])
  }

  @Test func `never show what they are`() throws {
    let url = try SubstituterURL(parsing: "https://u:\(planted)@h")
    let netrc = Netrc(parsing: "machine h login u password \(planted)")
    let all = found(
      ["ATTIC_TOKEN": "\(planted).\(planted).\(planted)", "CACHIX_AUTH_TOKEN": planted],
      files: ["/home/me/.netrc": .text("default password \(planted)")], substituters: [url])
    var text = "\(all) \(netrc) \(String(reflecting: netrc))"
    dump(all, to: &text)
    dump(netrc, to: &text)
    text += String(decoding: try JSONEncoder().encode(all), as: UTF8.self)
    #expect(all.count == 4)
    #expect(!text.contains(planted))
  }
}

@Suite struct `An Attic token` {
  @Test(arguments: [
    (attic(#""r":1"#), false), (attic(#""r":true"#), false), (attic(""), false),
    (attic(#""r":1,"w":0"#), false),
    (attic(#""r":1,"w":false"#), false), (attic(#""r":1,"w":1"#), true), (attic(#""w":true"#), true),
    (attic(#""d":1"#), true), (attic(#""cc":1"#), true), (attic(#""cr":1"#), true), (attic(#""cq":1"#), true),
    (attic(#""cd":1"#), true), (attic(#""later":1"#), true), (attic(#""r":1"#, #""exp":1,"#), false),
    (attic(#""w":1"#, #""exp":1,"#), true), (token(#"{"sub":"x"}"#), true), (token("[]"), true),
    (token("{"), true),
    (token(#"{"https://jwt.attic.rs/v1":{"caches":{"*":{"r":1},"ci-*":{"w":1}}}}"#), true),
    (token(#"{"https://jwt.attic.rs/v1":{"caches":{}}}"#), false), ("opaque", true), ("a.b", true),
    ("a.b.c.d", true),
    ("..", true), ("a.!!.c", true), (String(repeating: "a", count: 100_000), true),
  ])
  func `counts as writing unless it says that it only reads`(text: String, writes: Bool) {
    #expect(found(["ATTIC_TOKEN": text]).map(\.countsAsWriting) == [writes])
  }

  @Test func `says which caches it is for and when it ends`() {
    let all = found(["ATTIC_TOKEN": attic(#""r":1,"w":1"#, #""exp":1,"#)])
    #expect(all[0].permission == .writes("main: r,w; expired 1970-01-01T00:00:01Z"))
  }

  @Test func `may be a netrc password`() {
    let file = "machine attic.example password \(attic(#""r":1"#))"
    #expect(found(files: ["/n": .text(file)], netrcFile: "/n").map(\.countsAsWriting) == [false])
  }

  @Test func `of random bytes never crashes the reader`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let text = String(decoding: bytes, as: UTF8.self)
      _ = found(["ATTIC_TOKEN": "a.\(text).c"], files: ["/home/me/.netrc": .text(text)])
    }
  }
}

@Suite struct `A netrc file` {
  @Test(arguments: [
    ("machine h login u password p", "h", "u"), ("machine h\n  login u\n  password p\n", "h", "u"),
    ("# machine h login x\nmachine h login u password p", "h", "u"),
    ("default login d password p", "any", "d"),
    ("machine other login o password p default login d password p", "h", "d"),
    ("machine h password p", "h", ""), ("machine h login \"u v\" password p", "h", "u v"),
    ("macdef m\nmachine h login x\n\nmachine h login u password p", "h", "u"),
    ("machine h login u account a password p", "h", "u"),
    ("macdef m\r\nmachine h login x\r\n\r\nmachine h login u password p\r\n", "h", "u"),
    ("macdef m\nmachine h login x\n \nmachine h login u password p", "h", "u"),
    ("# machine h login x\r\nmachine h login u password p", "h", "u"),
    ("machine h login u\u{A0}v password p", "h", "u\u{A0}v"),
    ("machine h login \"u\u{301}\" password \"p\"", "h", "u\u{301}"),
    ("machine h login \"a\\nb\" password p", "h", "a\nb"),
  ])
  func `gives the credentials of a host`(text: String, host: String, login: String) throws {
    let pair = try #require(Netrc(parsing: text).credentials(for: host))
    #expect(pair.login == login)
    pair.password.reveal { #expect($0 == "p") }
  }

  @Test(arguments: [
    "", "machine", "machine h", "machine h login", "machine other password p", "login u password p", "\"",
    "macdef",
  ])
  func `gives none where there is none`(text: String) {
    #expect(Netrc(parsing: text).credentials(for: "h") == nil)
  }
}
