import NixModel
import TestSupport
import Testing

@testable import Building

/// What makes a machine boot into its unit.
@Suite struct `The boot of a builder` {
  @Test func `renders the script of an image that moves`() throws {
    let script = try IPXEScript(
      of: try NetbootImage(base: "https://boot.example/nixos"),
      adding: try KernelCommandLine(["systemd.wants=x.service"]))
    #expect(
      script.text == """
        #!ipxe
        isset ${ip} || dhcp
        :start
        set cmdline systemd.wants=x.service
        chain https://boot.example/nixos/netboot-x86_64-linux.ipxe
        :failed
        echo warmth: the image could not be fetched or started; trying again in 10 seconds
        imgfree
        sleep 10
        goto start

        """)
  }

  @Test func `renders the script of an image that stays`() throws {
    let pin = """
      {"kernel": "http://boot.example/bzImage", "initrd": "http://boot.example/initrd", "init": "/nix/store/x/init",
       "parameters": "nohibernate loglevel=4", "kernelSHA256": "\(String(repeating: "a", count: 64))"}
      """
    let script = try IPXEScript(
      of: try NetbootImage(pin: Array(pin.utf8)), adding: try KernelCommandLine(["systemd.wants=x.service"]))
    #expect(
      script.commandLine
        == "initrd=initrd init=/nix/store/x/init nohibernate loglevel=4 systemd.wants=x.service")
    #expect(
      script.text.contains("\nkernel http://boot.example/bzImage \(script.commandLine) || goto failed\n"))
    #expect(script.text.contains("\ninitrd http://boot.example/initrd || goto failed\nboot\n"))
  }

  @Test(arguments: [
    "{}", "[]", "{\"kernel\": \"http://a/k\"}", "{\"kernel\": \"http://a/k\", \"initrd\": \"ftp://a/i\"}",
    "{\"kernel\": \"http://a/k x\", \"initrd\": \"http://a/i\"}",
    "{\"kernel\": \"http://a/${b}\", \"initrd\": \"http://a/i\"}",
    "{\"kernel\": \"http://a/k\", \"initrd\": \"http://a/i\", \"kernelSHA256\": \"12\"}",
    "{\"kernel\": \"http://a/k\", \"initrd\": \"http://a/i\", \"parameters\": \"a=\\\"b\\\"\"}",
    "{\"kernel\": \"http://a/k\", \"initrd\": \"http://a/i\", \"parameters\": \"a\\nb\"}",
  ]) func `refuses a pin that would not arrive as it is`(pin: String) {
    #expect(throws: PlanFlaw.self) { try NetbootImage(pin: Array(pin.utf8)) }
  }

  /// A longer line is cut off silently, and the machine boots without its unit.
  @Test(arguments: [
    (2046, 0, true), (2047, 0, true), (2048, 0, false), (1346, nil, true), (1347, nil, false),
    (1000, 1046, true), (1000, 1047, false),
  ])
  func `counts every byte of the command line`(own: Int, foreign: Int?, fits: Bool) throws {
    let line = try KernelCommandLine([String(repeating: "a", count: own)])
    let before = foreign.map { String(repeating: "b", count: $0) }
    if fits {
      #expect(try line.after(before).utf8.count <= KernelCommandLine.longest)
    } else {
      #expect(throws: PlanFlaw.self) { try line.after(before) }
    }
  }

  @Test(arguments: ["", "a b", "a\"b", "a'b", "a\nb", "a${b}", "a$b", "ä", "a\u{0}b", "a;b", "a\\b", "a|b"])
  func `lets no sign into the command line that means something there`(word: String) {
    #expect(throws: PlanFlaw.self) { try KernelCommandLine([word]) }
  }

  @Test func `quotes the words of a unit's command for systemd alone`() {
    let unit = UnitFile(
      (
        "Service",
        [
          .command("ExecStart", ["/bin/sh", "-c", #"echo "$1" 100% \n"#]), .init("Description", "50% of\nit"),
        ]
      ))
    #expect(
      unit.text == """
        [Service]
        ExecStart="/bin/sh" "-c" "echo \\"$$1\\" 100%% \\\\n"
        Description=50%% of it

        """)
  }

  @Test func `keeps room for an image's own words beside the real unit`() throws {
    let plan = try Sample.plan()
    #expect(
      plan.script.commandLine.utf8.count < KernelCommandLine.longest - KernelCommandLine.reservedForImage)
    #expect(plan.unit.text.contains(plan.identity.bootstrap))
    // Nothing secret is on a line that everybody on the machine can read.
    #expect(!plan.script.text.contains("PRIVATE"))
  }
}
