/// The units of a builder.
enum BuilderUnits {
  private static let path = UnitFile.Setting(
    "Environment", "PATH=/run/current-system/sw/bin:/usr/sbin:/usr/bin:/sbin:/bin")
  /// Builds and evaluation cannot read the bootstrap.
  private static let noMetadata = UnitFile.Setting("IPAddressDeny", "169.254.169.254")

  /// The unit on the kernel's command line: it fetches the bootstrap, checks it, and starts its first program.
  static func first(reading metadata: String, digest: String) -> UnitFile {
    // Short, because the command line is. A minute after the fifth failure there is nothing to wait for.
    let script = """
      umask 77;mkdir -p /run/warmth;mount -t ramfs -o mode=700 ramfs /run/warmth;cd /run/warmth;n=0;\
      until curl -fsSm60 \(metadata)|base64 -d>b&&echo "\(digest)  b"|sha256sum -c --status;\
      do n=$((n+1));[ $n -lt 60 ]||exec systemctl poweroff;sleep 5;done;tar xzf b;exec sh ./run
      """
    return UnitFile(
      (
        "Unit",
        [
          // The initrd's systemd gets the unit as well.
          .init("ConditionPathExists", "!/etc/initrd-release"), .init("After", "network-online.target"),
          .init("Wants", "network-online.target"),
        ]
      ),
      ("Service", [path, .command("ExecStart", ["/bin/sh", "-c", script])]))
  }

  /// The units and additions to units that the first program lays out, by their names.
  static func all(of options: BuilderOptions) -> [String: UnitFile] {
    [
      "warmth-deadline.timer": UnitFile(
        ("Unit", [.init("Description", "The end of this builder's time")]),
        ("Timer", [.init("OnBootSec", "\(options.deadline)s"), .init("AccuracySec", "1s")])),
      "warmth-deadline.service": UnitFile(
        ("Unit", [.init("Description", "Turns this builder off at its deadline")]),
        (
          "Service",
          [
            .init("Type", "oneshot"), path,
            .command("ExecStart", ["/bin/sh", "-c", "exec systemctl poweroff"]),
          ]
        )),
      "warmth-upload.service": UnitFile(
        ("Unit", [.init("Description", "Upload of what was built")]),
        ("Service", [path, .command("ExecStart", ["/bin/sh", "/run/warmth-lib/upload"])])),
      "warmth-build.service": UnitFile(
        ("Unit", [.init("Description", "The build")]),
        (
          "Service",
          [
            .init("Type", "oneshot"), .init("RemainAfterExit", "yes"), .init("DynamicUser", "yes"),
            .init("StateDirectory", "warmth-build"), noMetadata,
            // The journal drops lines of those who write many.
            .init("LogRateLimitIntervalSec", "0"), .init("TimeoutStartSec", "infinity"), path,
            .command("ExecStart", ["/bin/sh", "/run/warmth-lib/build"]),
          ]
        )),
      "nix-daemon.service.d/warmth.conf": UnitFile(("Service", [noMetadata])),
      "systemd-journal-gatewayd.socket.d/warmth.conf": UnitFile(
        (
          "Socket",
          [
            .init("ListenStream", ""),
            .init(
              "ListenStream",
              options.hasPublicLogs ? "\(JournalGateway.port)" : "127.0.0.1:\(JournalGateway.port)"),
          ]
        )),
      // For a system that is no NixOS.
      "warmth-watch.service": UnitFile(
        ("Unit", [.init("Description", "Tunnels to the logs")]),
        (
          "Service",
          [
            path,
            .command(
              "ExecStart",
              ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", "/run/warmth/host-key"]
                + [
                  "AuthorizedKeysFile=/run/warmth-lib/watchers", "PasswordAuthentication=no",
                  "KbdInteractiveAuthentication=no", "UsePAM=no", "PermitRootLogin=no", "AllowUsers=watch",
                ].flatMap { ["-o", $0] }),
          ]
        )),
    ]
  }
}
