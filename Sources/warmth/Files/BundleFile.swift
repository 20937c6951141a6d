import Foundation
import Machine

/// The file of a bundle, which is there as a whole or not at all, because half a bundle would be taken for a whole one.
struct BundleFile: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// Whether a file could be made there, as far as can be told beforehand.
  func check() throws(Failure) {
    guard !path.isEmpty, !path.hasSuffix("/") else {
      throw Failure(.usage, "a bundle needs the name of a file, and '\(path)' is none")
    }
    do {
      switch try FilePlace(of: path) {
      case .absent(let file): try checkDirectory(of: file)
      case .file(let file): if access(file, W_OK) != 0 { try checkDirectory(of: file) }
      case .descriptor: break
      // The reader of a FIFO keeps the bundle; a device keeps nothing.
      case .special where isFIFO: break
      case .directory, .special: throw refusal("something that is no file has that name")
      }
    } catch let failure as Failure { throw failure } catch let error as SystemError {
      throw refusal(
        error.code == ENOENT
          ? "there is no directory '\((path as NSString).deletingLastPathComponent)'" : "\(error)")
    } catch { throw refusal("\(error)") }
  }

  private func checkDirectory(of file: String) throws(Failure) {
    let directory = (file as NSString).deletingLastPathComponent
    guard access(directory, W_OK | X_OK) == 0 else {
      throw refusal("'\(directory)': \(SystemError(errno))")
    }
  }

  private var isFIFO: Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
  }

  private func refusal(_ cause: String) -> Failure {
    Failure(.usage, "the bundle '\(path)' cannot be made: \(cause)")
  }

  /// Makes the file. `fill` writes its content, and may be called twice.
  func write(_ fill: (OutputFile.Sink) throws -> Void) throws {
    do { try OutputFile(path).replace(.kept, fill) } catch let flaw as OutputFile.Flaw {
      throw Failure(.evidence, "the bundle '\(path)' cannot be made: \(flaw)")
    }
  }
}
