import EndToEndSupport
import Foundation
import NIOConcurrencyHelpers
import Subprocess
import SystemPackage
import TestSupport

/// A provider whose machines are real: QEMU with the ROM of iPXE, a stand-in for the image, and a metadata service at
/// its real address. Beside it, a storage with sshd, and a read side.
///
/// Nothing of it is on another machine. The guest's network is 169.254.0.0/16, so that its way to 169.254.169.254 is
/// the real one, and 169.254.0.2 is this machine's loopback.
struct MachineLab: Sendable {
  let folder = Scratch.path("machine")
  let provider: StandInVultr
  let readSide: StubCache
  let sshPort: Int
  let watchPort: Int
  private let machines: Machines

  /// This machine, as the guest sees it.
  static let here = "169.254.0.2"

  /// The processes of the guests.
  private final class Machines: Sendable {
    private let running = NIOLockedValueBox<[String: Process]>([:])

    func start(_ id: String, _ program: String, _ arguments: [String], log: String) {
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: log)
      process.standardError = process.standardOutput
      process.standardInput = FileHandle.nullDevice
      do { try process.run() } catch { return }
      running.withLockedValue { $0[id] = process }
    }

    /// Cuts a machine's power, and turns it on again at once; its second console is another file.
    func restart(_ id: String) {
      guard let old = running.withLockedValue({ $0[id] }), let program = old.executableURL?.path
      else { return }
      let log = (old.standardOutput as? FileHandle).flatMap { handle in
        try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/fd/\(handle.fileDescriptor)")
      }
      kill(old.processIdentifier, SIGKILL)
      for _ in 0..<500 where Self.isAlive(old.processIdentifier) { usleep(1000) }
      start(id, program, old.arguments ?? [], log: "\(log ?? "/tmp/\(id)")-again")
    }

    func isRunning(_ id: String) -> Bool? {
      running.withLockedValue { $0[id] }.map { Self.isAlive($0.processIdentifier) }
    }

    /// A process that has ended, and that nobody has waited for yet, is still in the table, as `Z`.
    private static func isAlive(_ process: Int32) -> Bool {
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let state = stat.split(separator: ")").last?.split(separator: " ").first
      else { return false }
      return state != "Z"
    }

    func stop(_ id: String) {
      guard let process = running.withLockedValue({ $0.removeValue(forKey: id) }) else { return }
      kill(process.processIdentifier, SIGKILL)
      for _ in 0..<500 where Self.isAlive(process.processIdentifier) { usleep(10_000) }
    }

    func stopAll() { for id in running.withLockedValue({ Array($0.keys) }) { stop(id) } }
  }

  /// - Parameter disks: how many disks its machines have.
  init(suite: String = "trixie", disks: Int = 1) async throws {
    let image = try await Self.run("\(Lab.fixtures)/stand-in-machine", [suite], limit: "600")
    let files = FileManager.default
    for name in ["cache", "home", "source/bin"] {
      try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    let (folder, machines) = (folder, Machines())
    self.machines = machines
    (sshPort, watchPort) = (try Self.freePort(), try Self.freePort())
    let watchPort = watchPort
    let port = NIOLockedValueBox(0)
    provider = try await StandInVultr(
      address: "127.0.0.1",
      files: [
        "/kernel": Array(try Data(contentsOf: URL(filePath: "\(image)/kernel"))),
        "/initrd": Array(try Data(contentsOf: URL(filePath: "\(image)/initrd"))),
        "/source.tar.gz": try await Self.source(in: folder),
      ],
      isRunning: { machines.isRunning($0) },
      made: { machine in
        let names = (0..<disks).map { "\(folder)/\(machine.id).disk\($0 == 0 ? "" : "-\($0)")" }
        for disk in names {
          _ = FileManager.default.createFile(atPath: disk, contents: nil)
          truncate(disk, 1 << 30)
        }
        machines.start(
          machine.id, "/usr/bin/qemu-system-x86_64",
          Self.arguments(disks: names, port: port.withLockedValue { $0 }, watchPort: watchPort),
          log: "\(folder)/\(machine.id).console")
      }, removed: { machines.stop($0) })
    port.withLockedValue { [provider] in $0 = provider.port }
    readSide = try await StubCache.serving("\(folder)/cache")
    try await prepare()
  }

  /// The machine's hardware. An unset `romfile` is the ROM that SeaBIOS starts.
  private static func arguments(disks: [String], port: Int, watchPort: Int) -> [String] {
    [
      "-machine", "q35,graphics=off", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
      "-m", "1536",
      "-nodefaults",
      "-no-user-config", "-display", "none", "-serial", "stdio", "-no-reboot", "-device",
      "virtio-rng-pci",
      "-device",
      "virtio-net-pci,netdev=n0,bootindex=0", "-netdev",
      "user,id=n0,net=169.254.0.0/16,host=\(here),dhcpstart=169.254.0.15,bootfile=http://\(here):\(port)/boot.ipxe,"
        + "guestfwd=tcp:169.254.169.254:80-cmd:busybox nc 127.0.0.1 \(port),"
        + "hostfwd=tcp:127.0.0.1:\(watchPort)-169.254.0.15:22",
    ] + disks.flatMap { ["-drive", "file=\($0),format=raw,if=virtio,cache=unsafe"] }
  }

  /// An archive with a release file. Its target needs a build that has the network, and asks the metadata service.
  private static func source(in folder: String) async throws -> [UInt8] {
    let busybox = try await run("/bin/sh", ["-c", "command -v busybox"])
    try FileManager.default.copyItem(atPath: busybox, toPath: "\(folder)/source/bin/busybox")
    try """
    { text ? "built on a machine that is gone" }:
    let
      # It goes by the name that it is called by.
      busybox = "${./bin}/busybox";
      script = name: extra: text: derivation ({
        inherit name;
        system = "x86_64-linux";
        builder = busybox;
        args = [ "sh" "-c" text ];
      } // extra);
      # Knows its output beforehand, so Nix lets it at the network.
      closed = script "metadata-is-closed" {
        outputHashMode = "flat";
        outputHashAlgo = "sha256";
        outputHash = builtins.hashString "sha256" "closed\\n";
      } ''
        if ${busybox} wget -T 5 -O - http://169.254.169.254/latest/user-data; then echo open; else echo closed; fi > $out
      '';
    in
    {
      hello = script "warmth-hello" { inherit closed; } ''
        echo "the log of hello"
        echo "${text}" > $out
        ${busybox} cat $closed >> $out
      '';
      slow = script "warmth-slow" { } ''
        ${busybox} sleep 600
      '';
      broken = script "warmth-broken" { } ''
        echo "the log of broken"
        exit 3
      '';
    }

    """.write(toFile: "\(folder)/source/release.nix", atomically: true, encoding: .utf8)
    _ = try await run("/bin/tar", ["-C", folder, "-czf", "\(folder)/source.tar.gz", "source"])
    return Array(try Data(contentsOf: URL(filePath: "\(folder)/source.tar.gz")))
  }

  /// Keys, the storage, and the files that options name.
  private func prepare() async throws {
    for name in ["host", "watch"] {
      _ = try await Self.run(
        "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(name)"])
    }
    let hostKey = try text("host.pub").split(separator: " ").prefix(2).joined(separator: " ")
    try write("[\(Self.here)]:\(sshPort) \(hostKey)\n", to: "known_hosts")
    let lab = try await Lab.shared
    try write("cache='\(folder)/cache'\nkey='\(folder)/cache-key'\n", to: "home/config")
    try write(
      try String(contentsOfFile: "\(lab.directory)/lab-1.secret", encoding: .utf8), to: "cache-key")
    try write("StoreDir: /nix/store\n", to: "cache/nix-cache-info")
    let storage = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../scripts/builder-storage"
    )
    .standardizedFileURL.path
    let variables =
      "BUILDER_STORAGE_CONFIG=\(folder)/home/config BUILDER_STORAGE_STATE=\(folder)/home BUILDER_STORAGE_KEYS=\(folder)/keys"
    try write("#!/bin/sh\nexec env \(variables) \(storage) \"$@\"\n", to: "storage")
    try write(
      """
      ListenAddress 127.0.0.1
      Port \(sshPort)
      HostKey \(folder)/host
      AuthorizedKeysFile \(folder)/keys
      PidFile none
      StrictModes no
      UsePAM no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      PermitRootLogin prohibit-password
      SetEnv \(variables) PATH=\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")

      """, to: "sshd_config")
    try write("", to: "keys")
    try write(
      """
      {"kernel": "http://\(Self.here):\(provider.port)/kernel", "initrd": "http://\(Self.here):\(provider.port)/initrd",
       "parameters": "console=ttyS0 quiet"}
      """, to: "pin.json")
    try write(StandInVultr.key + "\n", to: "api-key")
    _ = try await Self.run("/bin/chmod", ["-R", "go=", "\(folder)/api-key", "\(folder)/cache-key"])
    _ = try await Self.run("/bin/chmod", ["+x", "\(folder)/storage"])
    _ = try await Self.run("/bin/mkdir", ["-p", "/run/sshd"])
    machines.start(
      "sshd", "/usr/sbin/sshd", ["-D", "-e", "-f", "\(folder)/sshd_config"],
      log: "\(folder)/sshd.log")
  }

  func stop() { machines.stopAll() }

  /// What was ordered last is started a second time.
  func restart() { if let id = provider.ordered.last?.id { machines.restart(id) } }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  static func run(_ program: String, _ arguments: [String], limit: String = "60") async throws
    -> String
  {
    let record = try await Subprocess.run(
      .name("timeout"), arguments: Arguments([limit, program] + arguments),
      output: .string(limit: 4 << 20),
      error: .string(limit: 1 << 20))
    guard record.terminationStatus.isSuccess else {
      throw Lab.Missing(
        description: "\(program) ended with \(record.terminationStatus): \(record.standardError)")
    }
    return record.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func freePort() throws -> Int {
    let (socket, port) = try boundSocket()
    close(socket)
    return port
  }

  /// A socket at a free port of loopback, which is to be closed.
  static func boundSocket() throws -> (descriptor: Int32, port: Int) {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard isBound else {
      close(socket)
      throw Lab.Missing(description: "there is no free port: \(String(cString: strerror(errno)))")
    }
    return (socket, Int(UInt16(bigEndian: place.sin_port)))
  }
}
