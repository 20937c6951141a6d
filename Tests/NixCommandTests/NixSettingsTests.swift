import Foundation
import NixModel
import Testing

@testable import NixCommand

@Suite struct `Nix's settings` {
  private func settings(_ fields: String) throws -> NixSettings {
    try NixSettings(json: Array("{\(fields)}".utf8))
  }

  @Test(arguments: [
    ("unix:///run/other.sock", "unix:///run/other.sock", true), ("auto", "auto", true),
    ("daemon", "daemon", true), ("local?root=/x", "local", true), ("/var/cache", "/var/cache", true),
    ("ssh-ng://me@host", "ssh-ng://host", true), ("cache.example.org", "cache.example.org", false),
  ])
  func `name every substituter, also those that only Nix can ask`(
    text: String, name: String, couldHaveAnswered: Bool
  ) throws {
    let read = try settings(#""substituters":{"value":["https://c.example/","\#(text)"]}"#)
    #expect(read.substituters.map(\.canonical) == ["https://c.example", name])
    #expect(read.substituters[0].hindrance == nil)
    let other = try #require(read.substituters.last)
    #expect(other.hindrance != nil)
    #expect(Survey.Cache(url: other, state: .unknown).couldHaveAnswered == couldHaveAnswered)
    // What was recorded of it reads back as the same.
    #expect(SubstituterURL(anyStore: other.canonical) == other)
  }

  @Test func `keep secrets of a store out of its name`() throws {
    let store = SubstituterURL(anyStore: "local?secret-key=/etc/hunter2")
    #expect(!"\(store)".contains("hunter2"))
    #expect(!"\(SubstituterURL(anyStore: "user:hunter2@host"))".contains("hunter2"))
  }

  @Test(arguments: [
    "c-1:Z+IMSGO15G4BvBg7YH6tn1wHOwnFXBHOHr51SFHIXXc=", "c-1:Z+IMSGO15G4BvBg7YH6tn1wHOwnFXBHOHr51SFHIXXc",
  ])
  func `have keys with padding or without`(key: String) throws {
    let read = try settings(#""trusted-public-keys":{"value":"\#(key)"}"#)
    #expect(
      try read.trustedKeys().keys.map(\.description) == ["c-1:Z+IMSGO15G4BvBg7YH6tn1wHOwnFXBHOHr51SFHIXXc="])
  }

  @Test func `are not read where they are not needed`() throws {
    let read = try settings(
      #""trusted-public-keys":{"value":"nonsense"},"substituters":{"value":"auto"}"#)
    #expect(read.substituters.count == 1)
    #expect(throws: NixError.self) { try read.trustedKeys() }
  }

  @Test(arguments: [
    ("true", SandboxSetting?.some(.always)), ("false", .never), (#""relaxed""#, .relaxed),
    (#""true""#, .always),
    ("7", nil),
  ])
  func `tell of the sandbox`(value: String, sandbox: SandboxSetting?) throws {
    #expect(try settings(#""sandbox":{"value":\#(value)}"#).sandbox == sandbox)
  }

  @Test func `tell of what later versions added`() throws {
    let read = try settings(
      #""always-allow-substitutes":{"value":true},"ssl-cert-file":{"value":"/c.pem"},"json-log-path":{"value":null}"#
    )
    #expect(read.alwaysSubstitutes && read.sslCertFile == "/c.pem" && read.writesRecords)
    let older = try settings("")
    #expect(!older.alwaysSubstitutes && older.sslCertFile == nil && !older.writesRecords)
  }

  @Test(arguments: [
    "illegal configuration line 'access-tokens github.com=hunter2' in 'NIX_CONFIG'",
    "syntax error in configuration line 'access-tokens github.com=hunter2' in \"NIX_CONFIG\"",
    "setting 'cores' has invalid value 'a'hunter2'b'", "not an absolute path: \"hunter2\"",
    "option 'sandbox' has invalid value 'hunter2'", "unknown setting 'hunter2'",
    "illegal configuration line 'x'hunter2' in '/etc/nix/nix.conf'", "it's 'hunter2",
  ])
  func `that are malformed are not quoted`(message: String) {
    let shown = NixError.withoutQuotes(message)
    #expect(!shown.contains("hunter2"))
    for word in ["'cores'", "'sandbox'", "/etc/nix/nix.conf", "NIX_CONFIG"] where message.contains(word) {
      #expect(shown.contains(word), "\(shown)")
    }
  }
}

@Suite struct `The store that Nix works on` {
  private static let usual = ("/nix/store", "/nix/var/nix/db/db.sqlite")

  struct Row: Sendable, CustomTestStringConvertible {
    let store: String
    var environment: [String: String] = [:]
    var isRoot = true
    /// `nil` where it cannot be read from here.
    let files: (directory: String, database: String)?
    var isOfDaemon = false
    var testDescription: String { "\(store) \(environment)" }
  }

  static let rows = [
    Row(store: "daemon", files: usual, isOfDaemon: true),
    Row(store: "unix:///nix/var/nix/daemon-socket/socket", files: usual, isOfDaemon: true),
    Row(store: "local", files: usual),
    Row(store: "/other", files: ("/other/nix/store", "/other/nix/var/nix/db/db.sqlite")),
    Row(store: "local?root=/a%3Fb", files: ("/a?b/nix/store", "/a?b/nix/var/nix/db/db.sqlite")),
    Row(store: "local?root=/a&real=/r&state=/s", files: ("/r", "/s/db/db.sqlite")),
    Row(store: "local", environment: ["NIX_STATE_DIR": "/s"], files: ("/nix/store", "/s/db/db.sqlite")),
    Row(
      store: "auto", environment: ["HOME": "/home/me"], isRoot: false,
      files: (
        "/home/me/.local/share/nix/root/nix/store", "/home/me/.local/share/nix/root/nix/var/nix/db/db.sqlite"
      )),
    Row(store: "daemon", environment: ["NIX_DAEMON_SOCKET_PATH": "/elsewhere/socket"], files: nil),
    Row(store: "unix:///elsewhere/socket", files: nil), Row(store: "ssh-ng://host", files: nil),
    Row(store: "ssh://host", files: nil), Row(store: "https://cache.example", files: nil),
    Row(store: "local?store=/other/store", files: nil), Row(store: "dummy://", files: nil),
    Row(store: "nonsense", files: nil),
  ]

  @Test(arguments: rows) func `is found, or said not to be`(row: Row) throws {
    let found = try? StoreReference(
      parsing: row.store, environment: row.environment, isRoot: row.isRoot, exists: { _ in false },
      isWritable: { _ in false })
    #expect(found?.location.directory == row.files?.directory)
    #expect(found?.location.database == row.files?.database)
    #expect(found?.isOfDaemon ?? row.isOfDaemon == row.isOfDaemon)
  }

  @Test(arguments: [
    ("/tmp/plain-1.0", "/tmp/plain-1.0"), ("/tmp/a?b", "local?root=/tmp/a%3Fb"),
    ("/tmp/a b&c=d%20#", "local?root=/tmp/a%20b%26c%3Dd%2520%23"), ("/tmp/é", "local?root=/tmp/%C3%A9"),
  ])
  func `is named so that Nix reads the very directory`(directory: String, name: String) throws {
    #expect(StoreReference.naming(directory: directory) == name)
    let found = try StoreReference(parsing: name, environment: [:], isRoot: true)
    #expect(found.location == StoreLocation(root: directory))
  }
}
