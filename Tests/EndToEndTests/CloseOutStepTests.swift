import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Reporting

/// What real runs leave behind for people and machines, and what those make of it.
@Suite struct `The close-out step` {
  /// A proof in a forge's job, and what is there afterwards.
  private struct Job {
    /// Attributes of `lab.nix`, and options.
    var arguments: [String]
    /// Which of the lab's archives the cache lacks.
    var hole: String?
    /// What is said of the forge; `$PWD` is the job's directory.
    var forge = ""
    /// Shell commands before the proof.
    var before = "true"
    /// Shell commands after it.
    var after = "true"

    static let github = """
      export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$PWD/summary" GITHUB_OUTPUT="$PWD/output"
      """
    static let gitlab = "export GITLAB_CI=true"
    static let formats = ["text", "json", "markdown", "junit", "github", "github-output", "gitlab"]

    /// What is left of it.
    struct End {
      let directory: String
      let code: Int32

      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(directory)/\(name)")), as: UTF8.self)
      }

      var evidence: String { "\(directory)/evidence.sqlite" }
    }

    func run() async throws -> End {
      let lab = try await Lab.shared
      let gone = try hole.map { try lab.archive(of: lab.path($0)) }
      let cache = try await lab.cache { $0.path == gone ? .notFound : $1 }
      let directory = lab.scratch("job")
      // The proof, and then every face of what it recorded, as seen from outside of any job.
      let script = """
        cd "$TMPDIR" && cp \(Lab.fixtures)/lab.nix . && \(before) && \(forge.isEmpty ? "true" : forge)
        "$WARMTH" prove -f lab.nix "$@" --evidence evidence.sqlite > stdout 2> stderr
        code=$?
        unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY GITHUB_OUTPUT GITLAB_CI
        for format in \(Self.formats.joined(separator: " ")); do
          "$WARMTH" audit show --format $format --evidence evidence.sqlite > shown.$format 2>> complaints || true
        done
        \(after)
        exit $code
        """
      let record = try await Subprocess.run(
        try Lab.mounting("private-nix"),
        arguments: Arguments(
          [directory, "sh", "-c", script, "job"] + arguments + [
            "--nix", lab.nix, "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
          ]),
        environment: .inherit.updating(["WARMTH": lab.warmth]), output: .discarded,
        error: .string(limit: 1 << 16))
      guard case .exited(let code) = record.terminationStatus else {
        throw Lab.Missing(description: "the job ended with \(record.terminationStatus)")
      }
      return End(directory: "\(directory)/tmp", code: code)
    }
  }

  /// A proof with an end.
  struct Ending: Sendable, CustomTestStringConvertible {
    let verdict: Verdict
    let attributes: [String]
    let hole: String?
    let code: Int32
    var testDescription: String { verdict.rawValue }

    static let all = [
      Ending(verdict: .warm, attributes: ["libguestfs", "qemu"], hole: nil, code: 0),
      Ending(
        verdict: .cold, attributes: ["libguestfs", "guestfs-tools", "qemu"], hole: "libguestfs", code: 1),
      Ending(verdict: .inconclusive, attributes: ["qemu", "no\"|<b>`x`@y ::error::z"], hole: nil, code: 2),
    ]
  }

  @Test(arguments: Ending.all, ["", Job.github, Job.gitlab])
  func `leaves what audit show prints, byte for byte`(ending: Ending, forge: String) async throws {
    let end = try await Job(
      arguments: ending.attributes + ["--markdown", "asked.md", "--junit", "asked.xml"], hole: ending.hole,
      forge: forge
    ).run()
    let errors = try end.text("stderr")
    #expect(end.code == ending.code, "\(errors)")
    #expect(try end.text("asked.md") == end.text("shown.markdown"))
    #expect(try end.text("asked.xml") == end.text("shown.junit"))
    #expect(try end.text("shown.markdown").contains("Cache proof: \(ending.verdict.rawValue)"))
    #expect(try end.text("stdout") == end.text(forge == Job.gitlab ? "shown.gitlab" : "shown.text"))
    if forge == Job.github {
      #expect(try end.text("summary") == end.text("shown.markdown"))
      #expect(try end.text("output") == end.text("shown.github-output"))
      #expect(try end.text("output").hasPrefix("verdict=\(ending.verdict.rawValue)\n"))
      #expect(try errors.hasSuffix("\n" + end.text("shown.github")), "\(errors)")
    } else {
      #expect(!errors.contains("::error title"), "\(errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(end.directory)/summary"))
    }
  }

  @Test func `prints one document beside all of it`() async throws {
    let end = try await Job(arguments: ["qemu", "--json", "--junit", "asked.xml"], forge: Job.github).run()
    #expect(end.code == 0)
    #expect(try end.text("stdout") == end.text("shown.json"))
    #expect(try end.text("asked.xml") == end.text("shown.junit"))
  }

  /// What an error of a flake can say to the runner that reads it.
  private static let hostile = #"""
    printf '%s' '{ evil = throw "x\n::set-output name=verdict::warm\n  ::stop-commands::t\nsee ##[add-mask]warm"; }' > lab.nix
    """#

  @Test(arguments: [false, true])
  func `keeps what others print from being a command`(isWorkflow: Bool) async throws {
    let end = try await Job(
      arguments: ["evil", "--markdown", "asked.md"], forge: isWorkflow ? Job.github : "", before: Self.hostile
    ).run()
    #expect(end.code == 2)
    let printed = try end.text("stdout") + end.text("stderr")
    #expect(printed.contains("add-mask]warm"), "\(printed)")
    let lines = printed.split(separator: "\n").map { $0.drop { $0 == " " } }
    // A person's terminal shows it as it is.
    #expect(
      lines.contains { $0.hasPrefix("::set-output") || $0.hasPrefix("::stop-commands") } != isWorkflow,
      "\(printed)")
    #expect(printed.contains("##[") != isWorkflow, "\(printed)")
    if isWorkflow {
      #expect(
        lines.filter { $0.hasPrefix("::") }.allSatisfy { $0.hasPrefix("::warning title=") }, "\(printed)")
    }
    #expect(!(try end.text("asked.md").contains("\n::")))
  }

  @Test(arguments: [
    ("--junit", "no/such/directory/x.xml", "No such file or directory"),
    ("--markdown", "/dev/full", "No space left on device"), ("--junit", ".", "Is a directory"),
  ])
  func `says which file is missing, and is not 0 for that`(
    option: String, file: String, cause: String
  ) async throws {
    for ending in Ending.all {
      let end = try await Job(arguments: ending.attributes + [option, file], hole: ending.hole).run()
      let errors = try end.text("stderr")
      #expect(end.code == (ending.code == 0 ? 73 : ending.code), "\(errors)")
      #expect(errors.contains("warmth: \(option) '\(file)' could not be written: \(cause)."), "\(errors)")
      #expect(try end.text("stdout") == end.text("shown.text"))
      #expect(try EvidenceStore(reading: end.evidence).latestRun()?.verdict == ending.verdict)
    }
  }

  @Test func `keeps the verdict where the forge's own files cannot be written`() async throws {
    let forge = #"export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$PWD/no/summary" GITHUB_OUTPUT=/dev/full"#
    let end = try await Job(arguments: ["qemu"], forge: forge).run()
    let errors = try end.text("stderr")
    #expect(end.code == 0, "\(errors)")
    #expect(errors.contains("no/summary' could not be written: No such file or directory"), "\(errors)")
    #expect(errors.contains("$GITHUB_OUTPUT '/dev/full' could not be written: No space left"), "\(errors)")
    #expect(try errors.hasSuffix(end.text("shown.github")))
  }

  @Test func `adds to what other commands of the step left, and drops none of it`() async throws {
    let end = try await Job(
      arguments: ["qemu"], forge: Job.github, before: "printf '# Before' > summary && printf 'a=b' > output"
    ).run()
    #expect(try end.text("summary") == "# Before\n\n" + end.text("shown.markdown"))
    #expect(try end.text("output") == "a=b\n" + end.text("shown.github-output"))
    let full = try await Job(
      arguments: ["qemu"], forge: Job.github, before: "head -c 1048500 /dev/zero | tr '\\0' 'x' > summary"
    ).run()
    #expect(full.code == 0)
    #expect(try full.text("summary").utf8.count == 1_048_500)
    #expect(try full.text("stderr").contains("over the 1048576 that its reader accepts"))
  }

  @Test func `takes back what found room only in part`() async throws {
    // private-nix has made a mount namespace, so nobody else sees these disks of two pages.
    let disks = """
      for name in full asked; do mkdir $name && mount -t tmpfs -o size=8k tmpfs $name; done
      head -c 7500 /dev/zero | tr '\\0' 'x' > full/summary && head -c 4096 /dev/zero > asked/fill
      """
    let end = try await Job(
      // Of so many targets that the report takes more than a page.
      arguments: [
        "libguestfs", "libguestfs^*", "libguestfs^out,dev", "guestfs-tools", "--builds", "forbid", "--junit",
        "asked/junit",
      ],
      hole: "libguestfs", forge: #"export GITHUB_STEP_SUMMARY="$PWD/full/summary""#,
      before: "{ \(disks)\n}",
      after: "cp full/summary left.summary; ls asked > left.asked"
    ).run()
    let errors = try end.text("stderr")
    #expect(end.code == 1, "\(errors)")
    #expect(
      errors.contains("--junit 'asked/junit' could not be written: No space left on device"), "\(errors)")
    #expect(errors.contains("full/summary' could not be written: No space left on device"), "\(errors)")
    #expect(try end.text("left.summary") == String(repeating: "x", count: 7500))
    #expect(try end.text("left.asked") == "fill\n")
  }

  @Test func `leaves no report of an earlier run where this one is killed`() async throws {
    let undertaking = try await Undertaking()
    let report = "\(undertaking.directory)/junit.xml"
    try "<testsuites/>".write(toFile: report, atomically: true, encoding: .utf8)
    var killed = undertaking
    killed.arguments += ["--junit", report]
    let end = try await killed.run { kill($0, SIGKILL) }
    #expect(end.exit == .signaled(SIGKILL))
    try await killed.expectNothingLeft()
    #expect(!FileManager.default.fileExists(atPath: report))
  }

  @Test(arguments: [
    (
      ["prove", "x", "--evidence", "/tmp/e.sqlite", "--junit", "/tmp/../tmp/e.sqlite"],
      "where the evidence is"
    ),
    (["prove", "x", "--markdown", "/tmp/a", "--junit", "/tmp/a"], "where --markdown is"),
    (["prove", "x", "--markdown", ""], "--markdown needs the name of a file"),
    (["audit", "show", "--json", "--format", "text"], "exclude each other"),
    (["audit", "show", "--format", "pdf"], "pdf"),
  ])
  func `refuses what cannot be meant`(arguments: [String], words: String) async throws {
    let record = try await Subprocess.run(
      .path(FilePath(Lab.shared.warmth)), arguments: Arguments(arguments), output: .discarded,
      error: .string(limit: 1 << 16))
    #expect(record.terminationStatus == .exited(64))
    #expect(record.standardError.contains(words), "\(record.standardError)")
  }
}
