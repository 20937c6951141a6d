import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute the whole store: exit 0 as it was recorded, 1 not, 2 it was never chained.",
    discussion: """
      Names the first record that was changed, removed, inserted or moved. Whoever can write the file can also \
      make its chain anew: keep the printed head elsewhere, and ask for it with --head, or sign runs and ask \
      for the key with --trusted-key.
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var trust: TrustOptions

  @Option(
    help: ArgumentHelp("A head that was printed earlier, which must still be there.", valueName: "digest"))
  var head: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let keys = try trust.parsed()
    if let head, head.utf8.count != 64 || !head.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) {
      throw Failure(.usage, "'\(head)' is no head: it has 64 hexadecimal digits, as audit verify prints it")
    }
    let store = try evidence.openForReading()
    let progress = CountProgress(of: "runs", in: store.path)
    defer { progress.end() }
    let verification: Verification
    do { verification = try store.verify(trusting: keys, expecting: head, progress: progress.draw) } catch {
      throw Failure(.evidence, "\(error)")
    }
    progress.end()
    Console.print(
      json
        ? try VerificationDocument(verification).json()
        : VerificationText(verification, of: store.path).render(style: Console.style(STDOUT_FILENO)))
    throw (verification.isIntact ? ExitStatus.warm : .cold).code
  }
}
