import ArgumentParser
import Crypto
import EvidenceStore
import Foundation
import Machine
import NixModel
import Statements

struct Attest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest", abstract: "Make signed statements about a run's paths, or verify such a file.",
    discussion: """
      The statements are in-toto's, in DSSE envelopes signed with Ed25519, one a line: the whole proof, and for each \
      target a Verification Summary of SLSA. Their subjects are the outputs of the targets with the hashes of their \
      archives. With --verify the argument is a file of statements: exit 0 where each is signed with a key of \
      --trusted-key and is of a warm run, 1 where one is not.
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var trust: TrustOptions

  @Argument(
    help: ArgumentHelp(
      "The run's name, or the beginning of it, or the latest; with --verify, a file of statements.",
      valueName: "run"))
  var name: String?

  @Option(help: ArgumentHelp("Sign with the secret key in this file.", valueName: "file"))
  var signKey: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the statements go; else they are printed.", valueName: "file"))
  var output: String?

  @Flag(help: "Verify a file of statements.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "With --verify: the bundle that the statements rest on must be this file.", valueName: "file"))
  var bundle: String?

  func validate() throws {
    if verify, signKey != nil || output != nil {
      throw ValidationError("--verify takes neither --sign-key nor --output.")
    }
    if verify, name == nil { throw ValidationError("--verify needs the file of statements.") }
    if verify, trust.texts.isEmpty { throw ValidationError("--verify needs --trusted-key KEY.") }
    if !verify, bundle != nil || !trust.texts.isEmpty {
      throw ValidationError("--bundle and --trusted-key are for --verify.")
    }
    if !verify, signKey == nil { throw ValidationError("Name the secret key with --sign-key FILE.") }
  }

  func run() throws {
    if verify { try verified() } else { try attested() }
  }

  // MARK: Attesting

  private func attested() throws {
    guard let signKey else { return }
    let key = try SigningKeyFile.readOfOwner(signKey)
    let store = try evidence.openForReading()
    let run = try Explain.find(name, in: store, at: evidence.path)
    let id = run.start.id
    let lines: String
    do {
      let digest = DigestOfPieces()
      try store.export([id]) { digest.take($0) }
      lines = try Attestation(
        run, reading { try store.testimony(of: id) }, promise: reading { try store.promise(of: id) },
        bundle: digest.text
      ).lines(signedBy: key)
    } catch let flaw as AttestationFlaw { throw Failure(.usage, "\(flaw)") } catch let failure as Failure {
      throw failure
    } catch { throw Failure(.evidence, "\(error)") }
    guard let output else { return Console.print(lines) }
    let file = ResultFile(path: output, content: "the statements", evidence: evidence)
    try file.check { $0.read(signKey, as: "the secret key") }
    try file.write(lines)
  }

  /// The digest of a bundle that nobody has to keep.
  private final class DigestOfPieces {
    private var digest = SHA256()
    func take(_ piece: Data) { digest.update(data: piece) }
    var text: String { digest.finalize().base16 }
  }

  // MARK: Verifying

  private func verified() throws {
    let keys = try trust.parsed()
    let path = name ?? ""
    guard let content = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "the statements '\(path)' cannot be read")
    }
    let digest = try bundle.map { bundle in
      guard let bytes = FileManager.default.contents(atPath: bundle) else {
        throw Failure(.usage, "the bundle '\(bundle)' cannot be read")
      }
      return SHA256.hash(data: bytes).base16
    }
    let lines = content.split(separator: UInt8(ascii: "\n"))
    guard !lines.isEmpty else { throw Failure(.usage, "there is no statement in '\(path)'") }
    var isWarm = true
    for (number, line) in lines.enumerated() {
      let place = lines.count == 1 ? path : "\(path), line \(number + 1)"
      do {
        let statement = try VerifiedStatement(Envelope(parsing: line), trusting: keys)
        if let digest, statement.bundle != digest {
          throw Failure(.cold, "it rests on another bundle than that file, whose SHA-256 is \(digest)")
        }
        isWarm = isWarm && statement.verdict == .warm
        Console.print("\(place): \(statement.sentence)\n")
      } catch let flaw as AttestationFlaw {
        throw Failure(.cold, "\(place) does not hold: \(flaw)")
      } catch let failure as Failure {
        throw Failure(failure.code, "\(place) does not hold: \(failure.message)")
      }
    }
    throw (isWarm ? ExitStatus.warm : .cold).code
  }
}
