import Foundation

/// A process that removes directories once the process that made them has gone, however it went: by `kill -9`, too.
///
/// It holds the reading end of a pipe whose writing end is its starter's alone.
public struct Caretaker: Sendable {
  private let leash: Int32
  private let process: pid_t

  /// Starts one. It is at its post when this returns.
  ///
  /// - Parameters:
  ///   - command: this program, and the word that makes it call ``run(_:)``.
  ///   - directories: those that hold secrets first.
  /// - Throws: ``SystemError``.
  public init(_ command: [String], of directories: [String]) throws(SystemError) {
    var (orders, answers): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&orders) == 0 else { throw SystemError(errno) }
    guard pipe(&answers) == 0 else { throw SystemError(errno) }
    for end in orders + answers { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, orders[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO)
    var arguments: [UnsafeMutablePointer<CChar>?] = (command + directories).map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, command.first ?? "", &actions, nil, arguments, environ)
    close(orders[0])
    close(answers[1])
    defer { close(answers[0]) }
    var byte: UInt8 = 0
    guard failure == 0, read(answers[0], &byte, 1) == 1 else {
      close(orders[1])
      throw SystemError(failure == 0 ? ECHILD : failure)
    }
    (leash, process) = (orders[1], child)
  }

  /// Ends it. What is still there of the directories is removed when this returns.
  public func dismiss() {
    var byte = UInt8(ascii: "\n")
    write(leash, &byte, 1)
    close(leash)
    waitpid(process, nil, 0)
  }

  /// The work of the process itself.
  ///
  /// - Returns: its exit code.
  public static func run(_ directories: [String]) -> Int32 {
    // A terminal's signals are not for it, and neither is a signal to everything of its starter's.
    setsid()
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { signal(number, SIG_IGN) }
    var byte = UInt8(ascii: "\n")
    guard write(STDOUT_FILENO, &byte, 1) == 1 else { return 1 }
    var isOrderly = false
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      isOrderly = true
    }
    remove(directories)
    guard !isOrderly else { return 0 }
    // Nix may need as long as this to end, and could write something once more.
    sleep(UInt32(Supervisor.patience / 1000) + 1)
    remove(directories)
    return 0
  }

  private static func remove(_ directories: [String]) {
    for directory in directories { try? FileManager.default.removeItem(atPath: directory) }
  }
}
