import Credentials
import Foundation
import NixModel
import Testing

private let now = Date(timeIntervalSince1970: 1_777_809_600)
private let planted = "s3cr3t-pl4nted-in-a-file"

/// Where something can lie, and what makes it something.
struct Place: Sendable, CustomTestStringConvertible {
  let kind: MeansOfWriting.Kind
  let path: String
  let content: String
  var environment: [String: String] = [:]
  /// What a file of its kind may hold that is no credential.
  var harmless = "\n"

  var testDescription: String { "\(kind.rawValue) in \(path)" }
}

private let openSSH = """
  -----BEGIN OPENSSH PRIVATE KEY-----
  b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAGHB1YnB1YnB1Yn
  B1YnB1YnB1YnB1YnB1YgAAAEBwcml2cHJpdnByaXZwcml2cHJpdnByaXZwcml2cHJpdnBy
  aXZwcml2cHJpdnByaXZwcml2cHJpdnByaXZwcml2
  -----END OPENSSH PRIVATE KEY-----

  """
private let openSSHWithPassphrase = """
  -----BEGIN OPENSSH PRIVATE KEY-----
  b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAAAAAAAEAAAAYcH
  VicHVicHVicHVicHVicHVicHVicHViAAAAQHByaXZwcml2cHJpdnByaXZwcml2cHJpdnBy
  aXZwcml2cHJpdnByaXZwcml2cHJpdnByaXZwcml2cHJpdnByaXY=
  -----END OPENSSH PRIVATE KEY-----

  """

private let places = [
  Place(
    kind: .atticToken, path: "/h/.config/attic/config.toml",
    content: "[servers.main]\nendpoint = \"x\"\ntoken = \"\(planted)\"\n",
    harmless: "[servers.main]\nendpoint = \"x\"\n"),
  Place(
    kind: .netrcPassword, path: "/h/.netrc", content: "default login u password \(planted)\n",
    harmless: "machine h login u\n"),
  Place(
    kind: .cachixToken, path: "/h/.config/cachix/cachix.dhall", content: "{ authToken = ''\n\(planted)'' }",
    harmless: "{ authToken = \"\", hostname = \"https://cachix.org\" }"),
  Place(
    kind: .cachixSigningKey, path: "/h/.config/cachix/cachix.dhall",
    content: "{ binaryCaches = [ { name = \"n\", secretKey = ''\(planted)'' } ] }",
    harmless: "{ binaryCaches = [] : List { name : Text, secretKey : Text } }"),
  Place(
    kind: .awsCredentials, path: "/h/.aws/credentials",
    content: "[default]\naws_secret_access_key = \(planted)\n", harmless: "[default]\naws_access_key_id =\n"),
  Place(
    kind: .awsCredentials, path: "/elsewhere/aws", content: "[a]\naws_session_token=\(planted)\n",
    environment: ["AWS_SHARED_CREDENTIALS_FILE": "/elsewhere/aws"], harmless: "[a]\n"),
  Place(
    kind: .awsCredentials, path: "/h/.aws/config", content: "[profile a]\nlogin_session = arn:aws:x\n",
    harmless: "[default]\nregion = eu-central-1\noutput = json\n"),
  Place(
    kind: .googleCredentials, path: "/h/.config/gcloud/application_default_credentials.json",
    content: "{\"refresh_token\": \"\(planted)\"}"),
  Place(
    kind: .minioCredentials, path: "/h/.mc/config.json",
    content:
      "{\"version\":\"10\",\"aliases\":{\"m\":{\"url\":\"https://m\",\"accessKey\":\"a\",\"secretKey\":\"\(planted)\"}}}",
    harmless:
      #"{"version":"10","aliases":{"gcs":{"url":"https://storage.googleapis.com","accessKey":"YOUR-ACCESS-KEY-HERE","secretKey":"YOUR-SECRET-KEY-HERE"},"local":{"url":"http://localhost:9000","accessKey":"","secretKey":""},"play":{"url":"https://play.min.io","accessKey":"Q3AM3UQ867SPQQA43P2F","secretKey":"x"}}}"#
  ),
  Place(kind: .niks3Token, path: "/h/.config/niks3/auth-token", content: planted),
  Place(kind: .sshKey, path: "/h/.ssh/id_ed25519", content: openSSH, harmless: openSSHWithPassphrase),
  Place(
    kind: .sshKey, path: "/h/.ssh/id_rsa",
    content: "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n",
    harmless: "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n"),
  Place(
    kind: .sshKey, path: "/keys/deploy", content: openSSH, environment: ["NIX_SSHOPTS": "-q -i /keys/deploy"],
    harmless: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n"),
  Place(
    kind: .kubeconfig, path: "/h/.kube/config",
    content: "users:\n- name: u\n  user:\n    token: \(planted)\n",
    harmless: "clusters:\n- cluster: {server: https://k}\nusers: []\n"),
  Place(
    kind: .kubeconfig, path: "/k/b", content: "users:\n- user:\n    client-key-data: \(planted)\n",
    environment: ["KUBECONFIG": "/k/a:/k/b"]),
  Place(
    kind: .serviceAccountToken, path: "/var/run/secrets/kubernetes.io/serviceaccount/token", content: planted),
]

private func surroundings(
  _ environment: [String: String] = [:], files: [String: Surroundings.FileAnswer] = [:],
  substituters: [String] = [], home: String? = "/h", passwordHome: String? = nil,
  names: [String: [String]] = [:], writable: Set<String> = []
) throws -> Surroundings {
  Surroundings(
    environment: environment, home: home,
    substituters: try substituters.map { try SubstituterURL(parsing: $0) },
    passwordHome: passwordHome, readFile: { files[$0] ?? .absent }, list: { names[$0] ?? [] },
    isWritable: { writable.contains($0) })
}

@Suite struct `A place of a credential` {
  @Test(arguments: places) func `gives what is in it`(place: Place) throws {
    let all = try surroundings(place.environment, files: [place.path: .text(place.content)]).meansOfWriting(
      at: now)
    #expect(all.map(\.kind) == [place.kind])
    #expect(all.allSatisfy { $0.countsAsWriting && $0.place.contains(place.path) })
  }

  @Test(arguments: places) func `gives nothing where there is nothing`(place: Place) throws {
    for answer in [Surroundings.FileAnswer.absent, .text(""), .text(place.harmless)] {
      let all = try surroundings(place.environment, files: [place.path: answer]).meansOfWriting(at: now)
      #expect(all.isEmpty)
    }
  }

  @Test(arguments: places) func `counts where it cannot be read`(place: Place) throws {
    let answer = Surroundings.FileAnswer.unreadable("it is no regular file")
    let all = try surroundings(place.environment, files: [place.path: answer]).meansOfWriting(at: now)
    #expect(all.count == 1)
    #expect(all.allSatisfy { $0.countsAsWriting && $0.place.contains(place.path) })
  }

  @Test(arguments: places) func `is searched in the home of the password database where there is no other`(
    place: Place
  ) throws {
    for home in [nil, ""] as [String?] {
      let all = try surroundings(
        place.environment, files: [place.path: .text(place.content)], home: home, passwordHome: "/h"
      ).meansOfWriting(at: now)
      #expect(all.map(\.kind) == [place.kind])
    }
  }

  @Test(arguments: places) func `gives its value to those who must not show it`(place: Place) throws {
    let here = try surroundings(place.environment, files: [place.path: .text(place.content)])
    let known = KnownSecrets()
    here.teach(known, here.findings(at: now))
    guard place.content.contains(planted) else { return }
    let shown = Redaction.$known.withValue(known) { Redaction.redact("so \(planted) it is") }
    #expect(shown == "so *** it is")
    #expect("\(known) \(String(reflecting: known))" == "*** ***")
  }
}

@Suite struct `Files that are named as credentials` {
  @Test(arguments: ["fifo", "directory", "socket", "broken link", "device", "unreadable", "loop"])
  func `count where they are no regular files, and hold nobody up`(what: String) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var path = "\(directory)/netrc"
    switch what {
    case "fifo": mkfifo(path, 0o600)
    case "directory": mkdir(path, 0o700)
    case "socket":
      let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(100))) }
      _ = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      close(socket)
    case "broken link": symlink("\(directory)/nowhere", path)
    case "loop": symlink(path, path)
    case "device": path = "/dev/null"
    default:
      _ = FileManager.default.createFile(
        atPath: path, contents: Data(repeating: 65, count: (1 << 20) + 1))
    }
    let all = Surroundings(environment: ["NETRC": path], home: nil).meansOfWriting(at: now)
    #expect(all.filter { $0.place.contains(path) }.map(\.kind) == [.netrcPassword])
    guard case .unreadable = Surroundings.file(path) else {
      Issue.record("\(what) was read")
      return
    }
  }

  @Test func `are absent where nothing is`() {
    guard case .absent = Surroundings.file("/nowhere/at/all") else {
      Issue.record("it is there")
      return
    }
  }
}

@Suite struct `Variables of credentials` {
  @Test(arguments: [
    ("ACTIONS_RUNTIME_TOKEN", MeansOfWriting.Kind.githubRuntimeToken),
    ("GOOGLE_APPLICATION_CREDENTIALS", .googleCredentials),
    ("CLOUDSDK_AUTH_ACCESS_TOKEN", .googleCredentials),
    ("MC_HOST_lab", .minioCredentials), ("MC_HOST_other", .minioCredentials),
    ("NIKS3_AUTH_TOKEN", .niks3Token), ("NIKS3_AUTH_TOKEN_FILE", .niks3Token),
  ])
  func `decide`(name: String, kind: MeansOfWriting.Kind) throws {
    let all = try surroundings([name: planted]).meansOfWriting(at: now)
    #expect(all.map(\.kind) == [kind])
    #expect(all[0].place.contains(name) && all[0].standing(under: Policy()) == .decides)
    #expect(try surroundings([name: ""]).meansOfWriting(at: now).isEmpty)
  }

  @Test(arguments: [
    "credential_source = Ec2InstanceMetadata", "credential_source=Environment", "login_session = arn",
    "sso_session = s", "sso_start_url = https://x", "sso_account_id = 1",
    "web_identity_token_file = /t", "credential_process = /bin/x", "role_arn = arn", "source_profile = b",
    "aws_access_key_id = A", "  AWS_Secret_Access_Key = b",
  ])
  func `of AWS are profiles as well`(line: String) throws {
    for path in ["/h/.aws/config", "/h/.aws/credentials"] {
      let files = [path: Surroundings.FileAnswer.text("[default]\n\(line)\n")]
      #expect(try surroundings(files: files).meansOfWriting(at: now).map(\.kind) == [.awsCredentials])
    }
  }

  @Test(arguments: [
    ("{ authToken = ''\(planted)'' }", true), ("{ authToken = ''\n  \(planted)\n'' }", true),
    ("{ authToken = env:TOKEN as Text }", true), ("{ authToken = ./token as Text }", true),
    ("{ authToken : Text = \"x\" }", true), ("let authToken = \"x\" in { authToken }", true),
    ("{ `authToken` = \"x\" }", true), ("{ authToken = \"\" }", false),
    ("{ authToken = \"\", a = 1 }", false),
    ("{ authToken : Text }", false),
  ])
  func `of Cachix are written in Dhall`(text: String, holds: Bool) throws {
    let files = ["/h/.config/cachix/cachix.dhall": Surroundings.FileAnswer.text(text)]
    #expect(try surroundings(files: files).meansOfWriting(at: now).isEmpty != holds)
  }
}

@Suite struct `What is good for many things` {
  /// The caches of a run, and how a means of writing stands there.
  struct Reach: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: MeansOfWriting.Kind
    var environment: [String: String] = [:]
    var files: [String: Surroundings.FileAnswer] = [:]
    let cache: String
    let standing: MeansOfWriting.Standing
  }

  @Test(arguments: [
    Reach(
      testDescription: "a key, and a cache over HTTP", kind: .sshKey,
      files: ["/h/.ssh/id_rsa": .text(openSSH)],
      cache: "https://c", standing: .noted),
    Reach(
      testDescription: "a key, and a cache over SSH", kind: .sshKey,
      files: ["/h/.ssh/id_rsa": .text(openSSH)],
      cache: "ssh-ng://c", standing: .decides),
    Reach(
      testDescription: "an agent, and a cache over SSH", kind: .sshAgent,
      environment: ["SSH_AUTH_SOCK": "/run/agent"], files: ["/run/agent": .unreadable("it is a socket")],
      cache: "ssh://u@c", standing: .decides),
    Reach(
      testDescription: "an agent", kind: .sshAgent, environment: ["SSH_AUTH_SOCK": "/run/agent"],
      files: ["/run/agent": .unreadable("it is a socket")], cache: "https://c", standing: .noted),
    Reach(
      testDescription: "a kubeconfig", kind: .kubeconfig, files: ["/h/.kube/config": .text("token: abc")],
      cache: "https://c", standing: .noted),
    Reach(
      testDescription: "a kubeconfig, and a cache in the cluster", kind: .kubeconfig,
      files: ["/h/.kube/config": .text("token: abc")], cache: "http://attic.nix.svc.cluster.local/main",
      standing: .decides),
    Reach(
      testDescription: "a pod's token, and a cache in the cluster", kind: .serviceAccountToken,
      files: ["/var/run/secrets/kubernetes.io/serviceaccount/token": .text("abc")],
      cache: "http://attic.nix.svc/main", standing: .decides),
    Reach(
      testDescription: "a request token", kind: .oidcRequestToken,
      environment: ["ACTIONS_ID_TOKEN_REQUEST_TOKEN": planted, "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x"],
      cache: "https://c", standing: .noted),
    Reach(
      testDescription: "a request token, and a cache in S3", kind: .oidcRequestToken,
      environment: ["ACTIONS_ID_TOKEN_REQUEST_URL": "https://x"], cache: "s3://bucket", standing: .decides),
    Reach(
      testDescription: "a password for another host", kind: .netrcPassword,
      files: ["/h/.netrc": .text("machine github.com password \(planted)")], cache: "https://c",
      standing: .noted),
    Reach(
      testDescription: "a password for the cache", kind: .netrcPassword,
      files: ["/h/.netrc": .text("machine C password \(planted)")], cache: "https://c:8443/main",
      standing: .decides),
    Reach(
      testDescription: "a password for everybody", kind: .netrcPassword,
      files: ["/h/.netrc": .text("default password \(planted)")], cache: "https://c", standing: .decides),
    Reach(testDescription: "a directory", kind: .fileCache, cache: "file:///srv/cache", standing: .noted),
  ])
  func `decides where it reaches a cache of the run, or under a strict policy`(reach: Reach) throws {
    let all = try surroundings(
      reach.environment, files: reach.files, substituters: [reach.cache], writable: ["/srv/cache"]
    ).meansOfWriting(at: now)
    #expect(all.map(\.kind) == [reach.kind])
    #expect(all.map { $0.standing(under: Policy()) } == [reach.standing])
    #expect(all.map { $0.standing(under: Policy(strict: true)) } == [.decides])
  }

  @Test func `is no directory that cannot be written to`() throws {
    #expect(try surroundings(substituters: ["file:///srv/cache"]).meansOfWriting(at: now).isEmpty)
  }

  @Test func `is no agent whose socket is gone`() throws {
    #expect(try surroundings(["SSH_AUTH_SOCK": "/run/agent"]).meansOfWriting(at: now).isEmpty)
  }

  @Test func `is any key in the directory of SSH, of whichever home`() throws {
    let files: [String: Surroundings.FileAnswer] = [
      "/root/.ssh/deploy": .text(openSSH), "/root/.ssh/deploy.pub": .text("ssh-ed25519 AAAA"),
      "/root/.ssh/notes": .text("nothing"), "/root/.ssh/config": .text("Host x\n  IdentityFile ~/k/other\n"),
      "/root/k/other": .text(openSSH),
    ]
    let all = try surroundings(
      files: files, passwordHome: "/root",
      names: ["/root/.ssh": ["deploy", "deploy.pub", "notes", "config", "agent.sock"]]
    ).meansOfWriting(at: now)
    #expect(all.map(\.place) == ["the file /root/.ssh/deploy", "the file /root/k/other"])
  }
}

@Suite struct `Somebody's word` {
  private let password = MeansOfWriting(
    .netrcPassword, at: "the file /etc/nix/netrc, machine c", .unknown("a password"))

  @Test(arguments: [
    ("netrc-password@the file /etc/nix/netrc, machine c", true), ("netrc-password@/etc/nix/netrc", true),
    ("netrc-password@/etc/nix/netrc, machine c", true), ("netrc-password@/etc/nix", false),
    ("netrc-password@/etc/nix/netrc, machine d", false), ("aws-credentials@/etc/nix/netrc", false),
  ])
  func `is about a place or the file that it is in`(text: String, covers: Bool) throws {
    let policy = Policy(readOnly: [try ReadOnlyAssertion(parsing: text)])
    #expect(password.standing(under: policy) == (covers ? .asserted : .decides))
    #expect(try ReadOnlyAssertion(parsing: text).description == text)
  }

  @Test(arguments: ["", "x", "netrc-password", "netrc-password@", "password@/etc/netrc", "@x"])
  func `names a kind and a place`(text: String) {
    #expect(throws: ReadOnlyAssertionError.self) { try ReadOnlyAssertion(parsing: text) }
  }

  @Test func `holds under a strict policy, too`() throws {
    let key = MeansOfWriting(.sshKey, at: "the file /k", .unknown("x"), reaching: [])
    let policy = Policy(strict: true, readOnly: [try ReadOnlyAssertion(parsing: "ssh-key@/k")])
    #expect(key.standing(under: policy) == .asserted)
  }

  @Test func `does not hold against the server's, or the token's own`() throws {
    let policy = Policy(
      readOnly: [
        try ReadOnlyAssertion(parsing: "attic-token@ATTIC_TOKEN"),
        try ReadOnlyAssertion(parsing: "netrc-password@n"),
      ])
    let may = MeansOfWriting.Probe(cache: "https://a/m", claimsPush: nil, answer: .mayPush)
    let place = "the environment variable ATTIC_TOKEN"
    for means in [
      MeansOfWriting(.atticToken, at: place, .writes("main: w")),
      MeansOfWriting(.atticToken, at: place, .unknown("x"), probes: [may]),
      MeansOfWriting(.netrcPassword, at: "the file n", .writes("main: w")),
    ] { #expect(means.standing(under: policy) == .decides) }
    #expect(MeansOfWriting(.atticToken, at: place, .unknown("x")).standing(under: policy) == .asserted)
  }
}

@Suite struct `A server's refusal` {
  @Test(arguments: [("https://attic.example/main", false), ("https://attic.example/other", true)])
  func `clears a token only for a cache of the run`(substituter: String, counts: Bool) throws {
    let here = try surroundings(
      ["ATTIC_TOKEN": "opaque", "ATTIC_SERVER": "https://attic.example/", "ATTIC_CACHE": "main"],
      substituters: [substituter])
    let finding = try #require(here.findings(at: now).first)
    let question = try #require(finding.question)
    // The server refuses the one that the variable names, whether or not it is of the run.
    let probes = question.caches.map { cache in
      question.probe(cache, cache.name == "main" ? .mayNotPush(status: 403) : .unanswered("HTTP 500"))
    }
    #expect(finding.means.hearing(probes).countsAsWriting == counts)
  }

  @Test func `of 401 clears nothing`() {
    let probe = MeansOfWriting.Probe(cache: "https://a/m", claimsPush: nil, answer: .mayNotPush(status: 401))
    #expect(MeansOfWriting(.atticToken, at: "x", .unknown("opaque"), probes: [probe]).countsAsWriting)
  }
}
