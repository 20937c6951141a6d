import ArgumentParser
import Foundation

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Copy this program into a directory.",
    discussion: """
      For the init container of a verifier's Job, in an image that holds nothing else: there is no cp in it. The \
      program is there as a whole or not at all.
      """)

  @Argument(help: ArgumentHelp("The directory, which is made where it is missing.", valueName: "dir"))
  var directory: String

  func run() throws {
    let place = URL(filePath: directory).appending(path: "warmth")
    let draft = URL(filePath: directory).appending(path: ".warmth-\(getpid())")
    let files = FileManager.default
    do {
      try files.createDirectory(at: URL(filePath: directory), withIntermediateDirectories: true)
      defer { unlink(draft.path) }
      try files.copyItem(at: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(), to: draft)
      guard chmod(draft.path, 0o755) == 0, rename(draft.path, place.path) == 0 else {
        throw CocoaError.error(
          .fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: String(cString: strerror(errno))])
      }
    } catch {
      throw Failure(
        .reportMissing,
        "this program cannot be copied to '\(place.path)': \(error.localizedDescription); nothing was left there"
      )
    }
    Console.print("\(place.path)\n")
  }
}
