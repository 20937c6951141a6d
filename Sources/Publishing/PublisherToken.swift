import Foundation

/// A token that may write to a cache. It prints itself as a mark, and only ``write(to:)`` gives it out.
public struct PublisherToken: Sendable, CustomStringConvertible, CustomReflectable {
  private let value: String

  /// - Parameter text: the value of `$ATTIC_TOKEN`. Space behind it, such as the end of its file's line, is left out.
  /// - Throws: ``Refusal`` where it is none.
  public init(_ text: String?) throws(Refusal) {
    var text = text ?? ""
    while text.unicodeScalars.last?.properties.isWhitespace == true { text.unicodeScalars.removeLast() }
    guard !text.isEmpty else {
      throw Refusal(
        "ATTIC_TOKEN is not set, and a push needs it. To build without publishing, give --no-push")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Refusal("ATTIC_TOKEN holds spaces or line breaks, so it is no token")
    }
    value = text
  }

  /// Writes it into a new file that only this user can read.
  func write(to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw CocoaError(.fileWriteNoPermission) }
    try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: Data("\(value)\n".utf8))
  }

  public var description: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
