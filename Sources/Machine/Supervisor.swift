import Foundation
import LinuxProcess

/// Stands between us and Nix, so that Nix and all its children end when we end, however we end.
///
/// A process that is killed outright cannot end its children itself, and a builder that Nix started sits in a session of
/// its own. So Nix is started through a small parent that holds the reading end of a pipe whose writing end is ours alone.
/// When we are gone, it reads the end of the file. It adopts every process that is orphaned below it, and ends it.
public enum Supervisor {
  /// How long Nix may take to end in order before it is killed.
  static let patience: Int32 = 10_000

  /// Runs `command` until it ends, until standard input ends, or until a signal asks for the end.
  ///
  /// - Returns: only with an exit code: that of `command`, or 127 where it cannot be started. Where a
  ///   signal ended `command`, the same signal ends this process.
  public static func run(_ command: [String]) -> Int32 {
    // A failure leaves orphans to init; Nix itself still ends.
    _ = warmth_become_subreaper()
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGCHLD, SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    sigprocmask(SIG_BLOCK, &signals, nil)
    let notices = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
    guard notices >= 0, let child = spawn(command) else { return 127 }

    var isEnding = false
    var watched = [
      pollfd(fd: notices, events: Int16(POLLIN), revents: 0),
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let ready = poll(&watched, nfds_t(watched.count), isEnding ? patience : -1)
      if ready == 0 { kill(child, SIGKILL) }
      var asked = false
      var notice = signalfd_siginfo()
      while read(notices, &notice, MemoryLayout<signalfd_siginfo>.size) > 0 {
        if notice.ssi_signo != UInt32(SIGCHLD) { asked = true }
      }
      if watched[1].revents != 0 {
        var byte: UInt8 = 0
        if read(STDIN_FILENO, &byte, 1) <= 0 {
          asked = true
          // poll() ignores negative descriptors: the end of a file is told once.
          watched[1].fd = -1
        }
      }
      if let status = reap(until: child) {
        sweep()
        return finish(with: status)
      }
      if asked, !isEnding {
        isEnding = true
        kill(child, SIGTERM)
      }
    }
  }

  private static func spawn(_ command: [String]) -> pid_t? {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Our standard input is for this process alone. Nix gets one that has ended, so that it cannot hang on a prompt. Not /dev/null, since a root directory with Nix in it need not have a /dev.
    var ended: [Int32] = [-1, -1]
    guard pipe(&ended) == 0 else { return nil }
    close(ended[1])
    defer { close(ended[0]) }
    _ = fcntl(ended[0], F_SETFD, FD_CLOEXEC)
    posix_spawn_file_actions_adddup2(&actions, ended[0], STDIN_FILENO)

    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    guard let program = command.first,
      posix_spawn(&child, program, &actions, &attributes, arguments, environ) == 0
    else { return nil }
    return child
  }

  /// Takes the statuses of all children that have ended.
  ///
  /// - Returns: the status of `child`, if it is among them.
  private static func reap(until child: pid_t) -> Int32? {
    var status: Int32 = 0
    var found: Int32?
    while true {
      let ended = waitpid(-1, &status, WNOHANG)
      guard ended > 0 else { return found }
      if ended == child { found = status }
    }
  }

  /// Kills the remaining processes. Each that loses its parent becomes our child, so this ends when we have no child.
  private static func sweep() {
    // The kernel knows at once whether there is any child; finding the children takes a walk over all processes.
    while waitpid(-1, nil, WNOHANG) >= 0 {
      let left = children()
      for child in left { kill(child, SIGKILL) }
      for child in left { waitpid(child, nil, 0) }
    }
  }

  private static func children() -> [pid_t] {
    let own = getpid()
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { process in
      guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
        // "PID (name) state parent …", and a name may hold anything, brackets included.
        let rest = String(decoding: data, as: UTF8.self).split(separator: ")").last
      else { return false }
      let fields = rest.split(separator: " ")
      return fields.count > 1 && pid_t(fields[1]) == own
    }
  }

  private static func finish(with status: Int32) -> Int32 {
    let number = status & 0x7f
    guard number != 0 else { return (status >> 8) & 0xff }
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    signal(number, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigprocmask(SIG_SETMASK, &signals, nil)
    raise(number)
    return 128 + number
  }
}
