import Foundation
import NixModel
import TestSupport
import Testing

@testable import Building

/// The programs that run on the machine, each with stand-ins for what it calls.
@Suite struct `The programs of a builder` {
  private static let scripts = ["run", "build", "queue", "upload"]
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../Sources/BuilderResources/machine"
  ).standardizedFileURL.path

  @Test func `are embedded as they are in their folder`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.sources)
    #expect(Set(files) == Set(MachineFiles.all.keys))
    for file in files {
      #expect(
        MachineFiles.all[file] == (try String(contentsOfFile: "\(Self.sources)/\(file)", encoding: .utf8)))
    }
  }

  @Test(arguments: scripts) func `satisfy shellcheck`(script: String) throws {
    let result = try Shell.run("shellcheck --shell sh \(Self.sources)/\(script)")
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func `have a configuration that Nix reads`() throws {
    let result = try Shell.run("nix-instantiate --parse \(Self.sources)/configuration.nix")
    #expect(result.status == 0, "\(result.output)")
  }

  /// The rendered files that the machine's shell reads.
  @Test func `have settings that a shell reads`() throws {
    let plan = try Sample.plan()
    let folder = Scratch.path("settings")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in ["settings", "command"] {
      try (plan.files[file] ?? "").write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
    }
    let result = try Shell.run(
      ". \(folder)/settings; . \(folder)/command; printf '%s\\n' \"$TO\" \"$SSH_OPTIONS\" \"$@\"")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "ssh-ng://cache@store.example")
    #expect(lines.dropFirst().first?.hasSuffix("-p 2222") == true)
    #expect(
      Array(lines.dropFirst(2)) == [
        "nix-build", "--no-out-link", "/run/warmth-lib/release.nix", "--attr", "image", "--attr", "it's",
      ])
  }

  // MARK: The hook

  private func queue(_ variables: [String: String]) throws -> (status: Int32, files: [String: String]) {
    let folder = Scratch.path("queue")
    try FileManager.default.createDirectory(atPath: "\(folder)/new", withIntermediateDirectories: true)
    let result = try Shell.run(
      "sh \(Self.sources)/queue", variables.merging(["WARMTH_QUEUE": folder]) { own, _ in own })
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new") {
      files[name] = try String(contentsOfFile: "\(folder)/new/\(name)", encoding: .utf8)
    }
    return (result.status, files)
  }

  @Test func `note each build in a file of its own`() throws {
    let (status, files) = try queue([
      "DRV_PATH": "/nix/store/a-x.drv", "OUT_PATHS": "/nix/store/b-x /nix/store/c-x-dev",
    ])
    #expect(status == 0)
    #expect(files == ["a-x.drv": "/nix/store/a-x.drv\n/nix/store/b-x\n/nix/store/c-x-dev\n"])
  }

  /// Nix fails a build whose hook fails, and never runs the hook for it again.
  @Test(arguments: [
    ["WARMTH_QUEUE": "/none"], ["DRV_PATH": ""], ["OUT_PATHS": "", "DRV_PATH": "/nix/store/none.drv"],
  ])
  func `never fail a build`(variables: [String: String]) throws {
    let given = ["DRV_PATH": "/nix/store/a-x.drv", "OUT_PATHS": "/nix/store/b-x"].merging(variables) {
      _, new in new
    }
    #expect(try queue(given).status == 0)
  }

  // MARK: The upload

  /// A machine with a queue, and a `nix` that notes its arguments and fails where it is told to.
  private struct Desk {
    let folder = Scratch.path("upload")

    init(carriesLogs: Bool = true, failing: String = "false") throws {
      for name in ["queue/new", "queue/done", "bin", "logs/aa"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      try write(
        "settings", "TO='ssh-ng://store' CARRIES_LOGS=\(carriesLogs ? "yes" : "no") SSH_OPTIONS='-i key'\n")
      try write("build-started", "")
      try write(
        "bin/nix",
        "#!/bin/sh\nshift 2\necho \"$NIX_SSHOPTS|$*\" >> \(folder)/asked\nif \(failing); then exit 1; fi\n")
      try write(
        "bin/nix-store",
        "#!/bin/sh\ncase \"$*\" in *--outputs*aalost*) echo /nix/store/out-lost ;; *--check-validity*) ;; *) exit 1 ;; esac\n"
      )
      // The script has a PATH of its own, and puts this in front.
      let script = try String(
        contentsOfFile: "\(`The programs of a builder`.sources)/upload", encoding: .utf8)
      try write("upload", script.replacing("\nPATH=", with: "\nPATH=\(folder)/bin:"))
      _ = try Shell.run("chmod +x \(folder)/bin/*; touch -d '1 hour ago' \(folder)/build-started")
    }

    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    func add(_ name: String, hasLog: Bool = true) throws {
      try write("queue/new/aa\(name).drv", "/nix/store/aa\(name).drv\n/nix/store/out-\(name)\n")
      if hasLog { try write("logs/aa/\(name).drv.bz2", "log") }
    }

    func run(_ arguments: String = "") throws -> (status: Int32, asked: [String], left: [String]) {
      let status = try Shell.run(
        "sh \(folder)/upload --final \(arguments)",
        [
          "WARMTH_HOME": folder, "WARMTH_QUEUE": "\(folder)/queue", "WARMTH_LOGS": "\(folder)/logs",
          "WARMTH_PAUSE": "0",
        ]
      ).status
      let asked = (try? String(contentsOfFile: "\(folder)/asked", encoding: .utf8)) ?? ""
      return (
        status, asked.split(separator: "\n").map(String.init),
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/queue/new")
      )
    }
  }

  @Test func `upload what was built in one go, with its logs, and the outputs at last`() throws {
    let desk = try Desk()
    try desk.add("one")
    try desk.add("two", hasLog: false)
    let (status, asked, left) = try desk.run("/nix/store/out-one")
    #expect(status == 0)
    #expect(left.isEmpty)
    #expect(
      asked == [
        "-i key|copy --to ssh-ng://store /nix/store/out-one /nix/store/out-two",
        "-i key|store copy-log --to ssh-ng://store /nix/store/aaone.drv",
        "-i key|copy --to ssh-ng://store /nix/store/out-one",
      ])
  }

  @Test func `upload the logs of builds that failed`() throws {
    let desk = try Desk()
    try desk.write("logs/aa/failed.drv", "log")
    let (status, asked, _) = try desk.run()
    #expect(status == 0)
    #expect(asked == ["-i key|store copy-log --to ssh-ng://store /nix/store/aafailed.drv"])
  }

  /// Its hook found no room for its file, say, and is never run again.
  @Test func `upload a build that is not in the queue`() throws {
    let desk = try Desk()
    try desk.add("one")
    try desk.write("logs/aa/lost.drv.bz2", "log")
    try desk.write("logs/aa/failed.drv", "log")
    let (status, asked, left) = try desk.run()
    #expect(status == 0)
    #expect(left.isEmpty)
    #expect(
      asked == [
        "-i key|copy --to ssh-ng://store /nix/store/out-lost /nix/store/out-one",
        "-i key|store copy-log --to ssh-ng://store /nix/store/aalost.drv /nix/store/aaone.drv",
        "-i key|store copy-log --to ssh-ng://store /nix/store/aafailed.drv",
      ])
  }

  @Test func `leave logs where the storage cannot take them`() throws {
    let desk = try Desk(carriesLogs: false)
    try desk.add("one")
    #expect(try desk.run().asked == ["-i key|copy --to ssh-ng://store /nix/store/out-one"])
  }

  /// One path that cannot be uploaded holds up no other.
  @Test func `try each alone where all together fail`() throws {
    let desk = try Desk(failing: "case \"$*\" in *bad*) true ;; *) false ;; esac")
    for name in ["bad", "good", "other"] { try desk.add(name, hasLog: false) }
    let (status, _, left) = try desk.run()
    #expect(status == 1)
    #expect(left == ["aabad.drv"])
  }

  @Test func `upload many in batches`() throws {
    let desk = try Desk()
    for number in 100..<195 { try desk.add("x\(number)", hasLog: false) }
    let (status, asked, left) = try desk.run()
    #expect(status == 0)
    #expect(left.isEmpty)
    #expect(asked.map { $0.split(separator: " ").count - 4 } == [40, 40, 15])
  }

  // MARK: The disk

  /// The functions of `run`, without its last part, which calls them.
  private func functions(_ call: String, _ blocks: [String: String], _ variables: [String: String] = [:])
    throws -> String
  {
    let folder = Scratch.path("disk")
    for (name, facts) in blocks {
      let place = "\(folder)/sys/block/\(name)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for (file, value) in zip(["removable", "ro", "size"], facts.split(separator: " ")) {
        try "\(value)\n".write(toFile: "\(place)/\(file)", atomically: true, encoding: .utf8)
      }
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/sys/block", withIntermediateDirectories: true)
    let whole = MachineFiles.all["run"] ?? ""
    let beginning = whole.components(separatedBy: "\nstep=units\n")[0].replacing("cd \"$home\"\n", with: "")
      .replacing(". ./settings", with: "RUN=build-1")
    try
      "\(beginning)\nlsblk() { printf '%s' \"$MOUNTED\"; }\nsystemctl() { echo \"systemctl $*\"; }\nlogger() { cat; }\nsleep() { :; }\n\(call)\n"
      .write(toFile: "\(folder)/functions", atomically: true, encoding: .utf8)
    return try Shell.run(
      "sh \(folder)/functions",
      ["WARMTH_SYS": "\(folder)/sys", "MOUNTED": "", "WARMTH_CONSOLE": "/dev/null"].merging(variables) {
        _, new in new
      }
    ).output
  }

  @Test(
    arguments: [
      (["vda": "0 0 100"], "", "/dev/vda|"),
      (["nvme0n1": "0 0 100", "sr0": "1 0 9", "loop0": "0 1 9"], "", "/dev/nvme0n1|"),
      (["vda": "0 0 100", "sda": "1 0 100", "vdb": "0 0 0", "vdc": "0 1 5"], "", "/dev/vda|"),
      ([:], "", "|there is no disk"), (["sr0": "1 0 9"], "", "|there is no disk"),
      (["vda": "0 0 100", "vdb": "0 0 100"], "", "/dev/vda|there are several disks (/dev/vda, /dev/vdb)"),
      (["vda": "0 0 100"], "/boot", "/dev/vda|the disk /dev/vda is in use"),
    ] as [([String: String], String, String)])
  func `choose the one disk, or none`(blocks: [String: String], mounted: String, answer: String) throws {
    let output = try functions("choose_disk; echo \"$disk|$problem\"", blocks, ["MOUNTED": mounted])
    #expect(output.hasPrefix(answer), "\(output)")
  }

  @Test func `refuse to build a second time`() throws {
    let disk = Scratch.path("image")
    try Data(repeating: 0, count: 4096).write(to: URL(filePath: disk))
    let first = try functions("disk=\(disk); refuse_second_start; echo first; mark_disk", [:])
    #expect(first == "first\n")
    let second = try functions("disk=\(disk); refuse_second_start; echo second", [:])
    #expect(second.contains("WARMTH_REASON=second-start"))
    #expect(second.contains("systemctl poweroff"))
    #expect(!second.contains("second\n"))
    // The disk of another build is blank to this one.
    #expect(try functions("RUN=build-2; disk=\(disk); refuse_second_start; echo other", [:]) == "other\n")
  }
}
