import Foundation
import NixModel

/// Output paths that another step evaluated (`--paths-from`): a store path on each line, with blank lines and comments as
/// in a list of targets, or the answer of `nix build --dry-run --json`.
struct PathFile {
  private let name: String

  init(_ name: String) { self.name = name }

  /// What each of them asks of a gate.
  func questions() throws(Failure) -> [GateQuestion] {
    let text = try TargetFile(name).text()
    let first = text.utf8.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let questions = first == UInt8(ascii: "[") ? try evaluated(text) : try listed()
    guard !questions.isEmpty else { throw Failure(.usage, "--paths-from '\(name)' names no paths") }
    return questions
  }

  private func listed() throws(Failure) -> [GateQuestion] {
    try TargetFile(name).installables(of: nil).map { (installable) throws(Failure) in
      guard case .path(let path) = installable else {
        throw Failure(
          .usage,
          "--paths-from '\(name)' names \(installable.redacted), which is no output path; name the paths that it evaluates to, or the installable itself"
        )
      }
      return .evaluated(Target(installable: installable, resolution: .path(path)))
    }
  }

  private struct Built: Decodable {
    let drvPath: String?
    let outputs: [String: String?]
  }

  private func evaluated(_ text: String) throws(Failure) -> [GateQuestion] {
    guard let all = try? JSONDecoder().decode([Built].self, from: Data(text.utf8)) else {
      throw Failure(
        .usage,
        "--paths-from '\(name)' is neither a list of store paths nor the answer of nix build --dry-run --json"
      )
    }
    return try all.map { (built) throws(Failure) in
      var outputs: [Target.Output] = []
      for (output, text) in built.outputs.sorted(by: { $0.key < $1.key }) {
        guard let path = text.flatMap({ try? StorePath(parsing: $0) }) else {
          throw Failure(
            .usage,
            "--paths-from '\(name)': the output '\(output)' of \(built.drvPath ?? "a derivation") has no known path, so no run can be found by it"
          )
        }
        outputs.append(Target.Output(name: output, path: path))
      }
      guard let derivation = built.drvPath.flatMap({ try? StorePath(parsing: $0) }), derivation.isDerivation,
        !outputs.isEmpty
      else { throw Failure(.usage, "--paths-from '\(name)' has an entry without a derivation or outputs") }
      return .evaluated(
        Target(
          installable: .derivation(derivation, outputs: .named(outputs.map(\.name))),
          resolution: .derivation(derivation, system: "", outputs: outputs)))
    }
  }
}
