import Foundation
import NixModel
import TestSupport
import Testing
import Yams

@testable import Jobs

/// What the manifests say, read as any reader of YAML reads them.
@Suite struct `Manifests` {
  static func prewarm(_ change: (inout PrewarmJob) -> Void = { _ in }) throws -> JobPlan {
    var job = PrewarmJob(
      envelope: JobEnvelope(name: "kvm-cache-prewarm", backoffLimit: 1, deadline: 21600, ttl: 86400),
      warmthImage: "registry.example.org/warmth:0.1.0",
      publication: .attic(
        PrewarmJob.AtticDestination(
          server: "https://attic.example.org", serverName: nil, cache: "main", readSide: nil,
          publicKey: Self.key,
          tokenSecret: "attic-token", tokenKey: "token")))
    job.profile = "kvm-vm-test"
    change(&job)
    return try job.plan()
  }

  static func prove(_ change: (inout ProveJob) -> Void = { _ in }) throws -> JobPlan {
    var job = ProveJob(
      envelope: JobEnvelope(name: "cache-prove", backoffLimit: 2, deadline: 7200, ttl: 86400),
      warmthImage: "registry.example.org/warmth:0.1.0")
    job.profile = "kvm-vm-test"
    change(&job)
    return try job.plan()
  }

  static let key = "main-1:A+5VGX3GEGuwizswCnng0t/p7er8Jbj4LCiDYE1X5QA="

  /// The documents of a plan, by kind, as another reads them.
  private func documents(_ plan: JobPlan) throws -> [String: JSON] {
    let nodes = try Yams.compose_all(yaml: plan.documents.yaml).compactMap(JSON.init(node:))
    return Dictionary(nodes.map { ($0["kind"]?.text ?? "", $0) }) { first, _ in first }
  }

  private func pod(_ plan: JobPlan) throws -> JSON {
    try #require(try documents(plan)["Job"]?["spec"]?["template"]?["spec"])
  }

  @Test func `carry the script byte for byte`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
      .standardizedFileURL
    let script = try String(contentsOf: root.appending(path: "scripts/cache-warm.sh"), encoding: .utf8)
    #expect(PublisherProgram.text == script)
    let plan = try Self.prewarm()
    #expect(try documents(plan)["ConfigMap"]?["data"]?["cache-warm.sh"] == .string(script))
    #expect(try plan.documents.yaml.contains("cache-warm.sh: |\n"))
  }

  @Test func `show files as they are`() throws {
    let text = "# a policy… in words\n\nbuilds: stop\nallow-build: ['x y']\n"
    let plan = try Self.prove { $0.policy = (text, true) }
    #expect(
      try plan.documents.yaml.contains("warmth.yaml: |\n    # a policy… in words\n\n    builds: stop\n"))
    #expect(try documents(plan)["ConfigMap"]?["data"]?["warmth.yaml"] == .string(text))
  }

  @Test func `name a ConfigMap by its content`() throws {
    let plan = try Self.prewarm()
    #expect(try Self.prewarm { $0.buildClosure = true }.files?.name == plan.files?.name)
    let one = try Self.prove { $0.policy = ("builds: stop\n", false) }
    let other = try Self.prove { $0.policy = ("builds: forbid\n", false) }
    #expect(one.files?.name != other.files?.name)
    #expect(one.digest != other.digest)
    #expect(
      try documents(plan)["Job"]?["metadata"]?["annotations"]?["tinyland-nix-kvm/plan"]?.text == plan.digest)
  }

  @Test func `give a prewarm its envelope`() throws {
    let plan = try Self.prewarm {
      $0.envelope.nodeSelector = ["tinyland-nix-kvm=true"]
      $0.envelope.hostname = "kvm-1"
      $0.buildsSize = "40Gi"
    }
    let pod = try pod(plan)
    let container = try #require(pod["containers"]?[0])
    #expect(container["securityContext"]?["privileged"] == true)
    #expect(
      pod["nodeSelector"] == ["tinyland-nix-kvm": "true", "kubernetes.io/hostname": "kvm-1"])
    #expect(pod["automountServiceAccountToken"] == false)
    let volumes = try #require(pod["volumes"]).items
    #expect(volumes.contains(["name": "kvm", "hostPath": ["path": "/dev/kvm", "type": "CharDevice"]]))
    #expect(volumes.contains(["name": "builds", "emptyDir": ["sizeLimit": "40Gi"]]))
    let environment = try #require(container["env"]).items
    #expect(
      environment.contains([
        "name": "ATTIC_TOKEN", "valueFrom": ["secretKeyRef": ["name": "attic-token", "key": "token"]],
      ]))
    let settings = try #require(environment.first { $0["name"] == "NIX_CONFIG" }?["value"]?.text)
    #expect(settings.contains("extra-substituters = https://attic.example.org/main\n"))
    #expect(settings.contains("extra-trusted-public-keys = \(Self.key)\n"))
    let mounts = try #require(container["volumeMounts"]).items.compactMap { $0["mountPath"]?.text }
    #expect(mounts.contains("/nix/var/nix/builds") && mounts.contains("/tmp"))
  }

  @Test func `hand on what Attic's upstream filter is to do`() throws {
    func arguments(_ change: (inout PrewarmJob) -> Void) throws -> [String] {
      try pod(try Self.prewarm(change))["containers"]?[0]?["args"]?.items.compactMap(\.text) ?? []
    }
    let ignored = try arguments { job in
      guard case .attic(var attic) = job.publication else { return }
      attic.ignoresUpstreamFilter = true
      job.publication = .attic(attic)
    }
    #expect(ignored.contains("--ignore-upstream-cache-filter"))
    let judged = try arguments { $0.upstreams = ["https://cache.nixos.org"] }
    #expect(!judged.contains("--ignore-upstream-cache-filter"))
    #expect(judged.contains("--upstream") && judged.contains("https://cache.nixos.org"))
  }

  @Test(arguments: ["s3://cache", "ssh://host", "daemon", "https://a:b@c.example.org"])
  func `take readers' caches by HTTP alone`(url: String) throws {
    for option in ["--upstream", "--read-side"] {
      let error = #expect(throws: JobPlanError.self) {
        try Self.prewarm { job in
          if option == "--upstream" { job.upstreams = [url] }
          guard option == "--read-side", case .attic(var attic) = job.publication else { return }
          attic.readSide = url
          job.publication = .attic(attic)
        }
      }
      #expect(error?.complaints.count == 1 && error?.description.contains(option) == true)
    }
  }

  @Test func `mention no server and no secret where nothing is pushed`() throws {
    let text = try Self.prewarm { $0.publication = .none }.job
    let yaml = try Manifest.job(text).yaml
    #expect(yaml.contains("--no-push"))
    #expect(!yaml.localizedCaseInsensitiveContains("secret"))
    #expect(!yaml.localizedCaseInsensitiveContains("attic"))
  }

  @Test func `give a verifier nothing that it does not need`() throws {
    let pod = try pod(try Self.prove())
    #expect(
      pod["securityContext"] == [
        "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
        "seccompProfile": ["type": "RuntimeDefault"],
      ])
    #expect(pod["automountServiceAccountToken"] == false)
    #expect(pod["enableServiceLinks"] == false)
    #expect(pod["restartPolicy"] == "Never")
    let containers = (pod["containers"]?.items ?? []) + (pod["initContainers"]?.items ?? [])
    #expect(containers.count == 2)
    for container in containers {
      #expect(
        container["securityContext"] == [
          "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
          "capabilities": ["drop": ["ALL"]],
        ])
      #expect(!"\(container)".contains("secretKeyRef"))
    }
    let arguments = pod["containers"]?[0]?["args"]?.items.compactMap(\.text) ?? []
    #expect(arguments.contains("--isolated") && arguments.contains("--bundle-log"))
  }

  @Test func `never try again what was answered`() throws {
    func rules(_ plan: JobPlan) throws -> [JSON] {
      try documents(plan)["Job"]?["spec"]?["podFailurePolicy"]?["rules"]?.items ?? []
    }
    func action(_ code: Int, _ plan: JobPlan) throws -> String? {
      try rules(plan).first { rule in
        rule["onExitCodes"]?["containerName"] == "warmth-prover"
          && rule["onExitCodes"]?["values"]?.items.contains(.number(code)) == true
      }?["action"]?.text
    }
    let one = try Self.prove()
    let many = try Self.prove {
      $0.sharding = Sharding(shards: 4, parallelism: 2, sweep: nil, targetsOfProfile: 4)
    }
    #expect(
      try [1, 2, 64, 70, 73, 74].map { try action($0, one) } == [
        "FailJob", "Count", "FailJob", "FailJob", "Count", "Count",
      ])
    #expect(try action(1, many) == "FailIndex")
    // The first rule that fits decides: a cold pod on a node that is drained is a cold pod.
    for (plan, before) in [(one, 2), (many, 2), (try Self.prewarm(), 1)] {
      let actions = try rules(plan).compactMap { $0["action"]?.text }
      #expect(actions.firstIndex(of: "Ignore") == before, "\(actions)")
    }
    let refused = try rules(try Self.prewarm()).first
    #expect(refused?["action"] == "FailJob" && refused?["onExitCodes"]?["values"] == [64, 69, 70])
    let spec = try #require(try documents(many)["Job"]?["spec"])
    #expect(spec["completionMode"] == "Indexed" && spec["completions"] == 4 && spec["parallelism"] == 2)
    #expect(spec["backoffLimitPerIndex"] == 2 && spec["backoffLimit"] == nil)
    let arguments = spec["template"]?["spec"]?["containers"]?[0]?["args"]?.items.compactMap(\.text) ?? []
    #expect(arguments.suffix(4) == ["--shard", "$(WARMTH_SHARD)/4", "--sweep", "$(WARMTH_SWEEP)"])
  }

  @Test func `put many targets into a file, and few into the arguments`() throws {
    let few = try Self.prove { $0.installables = ["nixpkgs#a$(HOME)", "nixpkgs#b"] }
    #expect(few.files == nil)
    let arguments = try pod(few)["containers"]?[0]?["args"]?.items.compactMap(\.text) ?? []
    #expect(arguments.suffix(3) == ["--", "nixpkgs#a$$(HOME)", "nixpkgs#b"])
    let names = (0..<500).map { "nixpkgs#p\($0)" }
    let many = try Self.prove { $0.installables = names }
    let list = try #require(try documents(many)["ConfigMap"]?["data"]?["targets"]?.text)
    #expect(TargetList.parse(list) == names)
    #expect("\(try pod(many))".contains("/etc/warmth/targets"))
  }

  @Test func `let a verifier build only where it is asked to`() throws {
    for plan in [
      try Self.prove { $0.allowBuild = ["vm-test-run-*"] },
      try Self.prove { $0.policy = ("allow-build: [x]\n", true) },
    ] {
      let pod = try pod(plan)
      let container = try #require(pod["containers"]?[0])
      #expect(pod["securityContext"] == ["seccompProfile": ["type": "RuntimeDefault"]])
      #expect(container["securityContext"]?["privileged"] == nil)
      #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
      let arguments = container["args"]?.items.compactMap(\.text)
      #expect(arguments?.contains("--isolated") == false)
    }
  }

  @Test(arguments: [
    "yes", "No", "on", "y", "N", "true", "null", "~", "1.30", "0755", "1e3", "-.5", "12:30", "2026-05-03",
    "0x1F",
    "a: b", "# a", "", "=", "-", "*x", "&x", "!x", "@x", "%x", "{a}", "[a]", "é", "a\tb", "  a", "a #b",
    "---",
  ])
  func `keep every text a text`(text: String) throws {
    var job = try Self.prewarm().job
    job.metadata.annotations = StringMap(["x": text])
    let node = try #require(try Yams.compose(yaml: Manifest.job(job).yaml))
    let scalar = try #require(node["metadata"]?["annotations"]?["x"]?.scalar)
    #expect(scalar.string == text)
    let isPlain = scalar.style == .plain
    #expect(!isPlain || text == "é", "written as \(scalar.style)")
  }

  @Test func `say everything that is wrong at once`() {
    #expect(throws: JobPlanError.self) { try Self.prove { $0.profile = nil } }
    let error = #expect(throws: JobPlanError.self) {
      try Self.prewarm {
        $0.envelope.name = "Bad_"
        $0.envelope.labels = ["x", "tinyland-nix-kvm=x", "a=-"]
        $0.envelope.image = "nixos/nix"
        $0.envelope.memory = "lots"
        $0.installables = [".#x", "git+https://me:secret@example.org/x#y"]
        $0.upstreams = ["https://me:secret@cache.example.org"]
      }
    }
    #expect(error?.complaints.count == 9, "\(error?.description ?? "")")
    #expect(error?.description.contains("secret") == false)
  }

  @Test(arguments: [
    (5, 4, "5 shards are more than there are targets (4)"), (0, 4, "at least one"),
  ])
  func `refuse shards that would be empty`(shards: Int, targets: Int, words: String) throws {
    let error = #expect(throws: JobPlanError.self) {
      try Self.prove {
        $0.sharding = Sharding(
          shards: shards, parallelism: nil, sweep: nil, targetsOfProfile: targets)
      }
    }
    #expect(error?.description.contains(words) == true)
  }

  @Test func `refuse addresses with secrets, and evidence that goes nowhere`() throws {
    for url in ["https://a:b@c.example.org/", "https://c.example.org/?signature=x"] {
      #expect(throws: JobPlanError.self) { try Self.prove { $0.handOut.collector = url } }
    }
    #expect(throws: JobPlanError.self) { try Self.prove { $0.handOut.log = false } }
    let plan = try Self.prove {
      $0.handOut.log = false
      $0.handOut.collectorSecret = "collector"
    }
    #expect("\(try pod(plan))".contains("WARMTH_BUNDLE_URL"))
  }

  @Test func `bring warmth into a prewarm as into a proof`() throws {
    let (warming, proving) = (try pod(try Self.prewarm()), try pod(try Self.prove()))
    #expect(warming["initContainers"] == proving["initContainers"])
    let container = try #require(warming["containers"]?[0])
    #expect(container["command"] == ["bash", "/opt/cache-warm/cache-warm.sh"])
    #expect(container["env"]?.items.contains(["name": "WARMTH", "value": "/opt/warmth/warmth"]) == true)
    let arguments = container["args"]?.items.compactMap(\.text) ?? []
    #expect(arguments.contains("--bundle-log") && arguments.contains("--close-scratch"))
    #expect(arguments.firstIndex(of: "--read-key").map { arguments[$0 + 1] } == Self.key)
  }

  @Test func `copy to a store behind ssh with the key of a Secret`() throws {
    func prewarm(_ to: String, _ secret: String?) throws -> JobPlan {
      try Self.prewarm {
        $0.publication = .nixCopy(
          PrewarmJob.CopyDestination(
            to: to, readSide: nil, publicKey: nil, signingKeySecret: nil, signingKeyKey: "key",
            environmentSecret: secret))
      }
    }
    let pod = try pod(try prewarm("ssh-ng://cache@store.example", "login"))
    let container = try #require(pod["containers"]?[0])
    #expect(container["args"]?.items.compactMap(\.text).contains("ssh-ng://cache@store.example") == true)
    #expect(container["envFrom"] == nil)
    let options = container["env"]?.items.first { $0["name"] == "NIX_SSHOPTS" }?["value"]?.text ?? ""
    #expect(options.contains("-i /etc/warmth-ssh/key") && options.contains("StrictHostKeyChecking=yes"))
    let volume = try #require(pod["volumes"]?.items.first { $0["name"] == "ssh" })
    #expect(volume["secret"]?["secretName"] == "login" && volume["secret"]?["defaultMode"] == 256)
    #expect(throws: JobPlanError.self) { try prewarm("ssh-ng://cache@store.example", nil) }
    #expect(throws: JobPlanError.self) { try prewarm("ssh-ng://cache:pass@store.example", "login") }
  }

  @Test func `copy to a store with the keys of Secrets`() throws {
    let plan = try Self.prewarm {
      $0.publication = .nixCopy(
        PrewarmJob.CopyDestination(
          to: "https://cache.example.org/main", readSide: nil, publicKey: Self.key,
          signingKeySecret: "signing", signingKeyKey: "secret.key", environmentSecret: "store"))
      $0.sharding = Sharding(shards: 2, parallelism: nil, sweep: nil, targetsOfProfile: 4)
    }
    let pod = try pod(plan)
    let container = try #require(pod["containers"]?[0])
    let arguments = container["args"]?.items.compactMap(\.text) ?? []
    #expect(arguments.contains("https://cache.example.org/main") && !arguments.contains("--cache"))
    #expect(arguments.contains("/etc/warmth-signing-key/key"))
    #expect(arguments.suffix(4) == ["--shard", "$(WARMTH_SHARD)/2", "--sweep", "$(WARMTH_SWEEP)"])
    #expect(container["envFrom"] == [["secretRef": ["name": "store"]]])
    let secret: JSON = [
      "name": "signing-key",
      "secret": [
        "secretName": "signing", "items": [["key": "secret.key", "path": "key"]], "defaultMode": 256,
      ],
    ]
    #expect(pod["volumes"]?.items.contains(secret) == true)
    #expect(!"\(pod)".contains("ATTIC"))
    let settings = container["env"]?.items.first { $0["name"] == "NIX_CONFIG" }?["value"]?.text ?? ""
    #expect(settings.contains("extra-substituters = https://cache.example.org/main\n"))
    let spec = try documents(plan)["Job"]?["spec"]
    #expect(spec?["completionMode"] == "Indexed" && spec?["backoffLimitPerIndex"] == 1)
    #expect(spec?["podFailurePolicy"]?["rules"]?[0]?["action"] == "FailIndex")
  }

  @Test func `make the very same Job again and again`() throws {
    let plan = try Self.prove {
      $0.envelope.schedule = JobSchedule("17 3 * * *", timeZone: "Europe/Berlin", startDeadline: 600)
    }
    let schedule = try #require(try documents(plan)["CronJob"])
    let spec = try #require(schedule["spec"])
    #expect(spec["schedule"] == "17 3 * * *" && spec["timeZone"] == "Europe/Berlin")
    #expect(spec["concurrencyPolicy"] == "Forbid" && spec["startingDeadlineSeconds"] == 600)
    #expect(spec["successfulJobsHistoryLimit"] == 3 && spec["failedJobsHistoryLimit"] == 3)
    #expect(spec["jobTemplate"]?["spec"] == (try documents(Self.prove())["Job"]?["spec"]))
    #expect(schedule["metadata"]?["annotations"]?["tinyland-nix-kvm/plan"]?.text == plan.digest)
  }

  @Test(arguments: [
    ("17 3 * * *", true), ("*/15 0-6,12 1,15 jan-mar MON", true), ("  0   0 1 1 0 ", true), ("@hourly", true),
    ("0 0 31 12 6", true), ("", false), ("17 3 * *", false), ("17 3 * * * *", false), ("60 3 * * *", false),
    ("0 24 * * *", false), ("0 0 0 * *", false), ("0 0 * 13 *", false), ("0 0 * * 7", false),
    ("5-1 0 * * *", false), ("*/0 * * * *", false), ("a * * * *", false), ("1,, * * * *", false),
    ("TZ=UTC 0 0 * * *", false), ("@every 1h", false), ("1/2/3 * * * *", false), ("- * * * *", false),
  ])
  func `take a schedule that Kubernetes takes`(text: String, isOne: Bool) {
    let error = Result {
      try Self.prove { $0.envelope.schedule = JobSchedule(text, timeZone: "Etc/UTC", startDeadline: 60) }
    }
    #expect(((try? error.get()) != nil) == isOne)
  }

  @Test(arguments: [
    ("Local", 60, "--time-zone"), ("", 60, "--time-zone"), ("Europe/ Berlin", 60, "--time-zone"),
    ("Etc/UTC", 9, "--start-deadline"),
  ])
  func `refuse a schedule that would never come`(zone: String, deadline: Int, option: String) {
    let error = #expect(throws: JobPlanError.self) {
      try Self.prove { $0.envelope.schedule = JobSchedule("@daily", timeZone: zone, startDeadline: deadline) }
    }
    #expect(error?.complaints.count == 1 && error?.description.contains(option) == true)
  }

  @Test func `leave room for the names of scheduled Jobs`() throws {
    func plan(_ length: Int) throws -> JobPlan {
      try Self.prove {
        $0.envelope.name = String(repeating: "a", count: length)
        $0.envelope.schedule = JobSchedule("@daily", timeZone: "Etc/UTC", startDeadline: 60)
      }
    }
    #expect(try plan(52).name.count == 52)
    #expect(throws: JobPlanError.self) { try plan(53) }
  }

  @Test func `read a list of targets`() {
    let text = "# all\nnixpkgs#a\n\n  nixpkgs#b^out  # with a reason\r\n#nixpkgs#c\n"
    #expect(TargetList.parse(text) == ["nixpkgs#a", "nixpkgs#b^out"])
  }
}
