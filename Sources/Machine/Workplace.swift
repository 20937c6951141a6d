import Foundation

/// Files of this process's own, which go however it ends.
public struct Workplace: Sendable {
  /// For anything.
  public let directory: String
  /// For secrets: in memory, where there is such a place, so that they are on no disk.
  public let secret: String
  private let caretaker: Caretaker

  /// - Parameter command: what makes this program a caretaker.
  public init(caretakerBy command: [String]) throws {
    directory = try Self.make(in: FileManager.default.temporaryDirectory.path)
    do {
      secret = try Self.make(in: Self.isMemory("/dev/shm") ? "/dev/shm" : directory)
      caretaker = try Caretaker(command, of: [secret, directory])
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  /// Removes everything.
  public func clear() { caretaker.dismiss() }

  private static func make(in parent: String) throws -> String {
    var template = Array("\(parent)/warmth-work-XXXXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(errno) }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func isMemory(_ place: String) -> Bool {
    Mount.isInMemory(place) && access(place, W_OK | X_OK) == 0
  }
}
