import Foundation
import NixModel
import TestSupport
import Testing

@testable import Statements

@Suite struct `An attestation` {
  private let key: SigningKey
  private let bundle = String(repeating: "ab", count: 32)

  init() throws { key = try SigningKey(named: "collector-1") }

  private func lines(_ scene: Scene) throws -> [String] {
    try Attestation(`A page`.run(scene), scene.testimony(), promise: `A page`.promise(scene), bundle: bundle)
      .lines(signedBy: key).split(separator: "\n").map(String.init)
  }

  private struct Question: Encodable {
    let pem: String
    let lines: [String]
  }

  private struct Answer: Decodable, Equatable {
    let keys: [String]
    let type: String
    let subjects: [String: String]
    let result: String
  }

  /// securesystemslib verifies the envelope, and in-toto's own library the statement and the summary.
  private static let verify = """
    import json, sys, base64
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey
    from google.protobuf import json_format
    from in_toto_attestation.v1.statement import Statement
    import in_toto_attestation.v1.statement_pb2 as pb
    from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
    question = json.load(sys.stdin)
    key = SSlibKey.from_crypto(load_pem_public_key(question['pem'].encode()), keyid='collector-1')
    answers = []
    for line in question['lines']:
        envelope = Envelope.from_dict(json.loads(line))
        accepted = envelope.verify([key], 1)
        assert envelope.payload_type == 'application/vnd.in-toto+json'
        statement = json_format.Parse(envelope.payload, pb.Statement())
        Statement.copy_from_pb(statement).validate()
        predicate = json.loads(envelope.payload)['predicate']
        if 'verificationResult' in predicate:
            # The library's message has one level where the specification has a list.
            message = dict(predicate, verifiedLevels=','.join(predicate['verifiedLevels']))
            json_format.ParseDict(message, vsa_pb2.VerificationSummary(), ignore_unknown_fields=True)
        answers.append(dict(
            keys=list(accepted), type=statement.predicate_type,
            subjects={s.name: s.digest['sha256'] for s in statement.subject},
            result=predicate.get('verificationResult') or predicate['proof']['verdict']))
    json.dump(answers, sys.stdout)
    """

  @Test func `is verified by securesystemslib and in-toto, and says what the run said`() async throws {
    let scene = try `A page`.warm()
    let cold = try `A page`.cold()
    let question = Question(pem: key.publicKey.pem, lines: try lines(scene) + lines(cold))
    let answers: [Answer] = try await Reader.read(question, by: Self.verify)
    let hash = try #require(scene.after[scene.qemu]?.narHash.bytes.base16)
    let subjects = ["\(scene.qemu)": hash]
    let keys = ["collector-1"]
    let (proof, summary) = ("urn:warmth:proof:v1", "https://slsa.dev/verification_summary/v1")
    #expect(
      answers == [
        Answer(keys: keys, type: proof, subjects: subjects, result: "warm"),
        Answer(keys: keys, type: summary, subjects: subjects, result: "PASSED"),
        Answer(keys: keys, type: proof, subjects: subjects, result: "cold"),
        Answer(keys: keys, type: summary, subjects: subjects, result: "FAILED"),
      ])
    // And it would say so if it were not signed by that key.
    let stranger = Question(pem: try SigningKey(named: "collector-1").publicKey.pem, lines: question.lines)
    await #expect(throws: Reader.Missing.self) {
      let _: [Answer] = try await Reader.read(stranger, by: Self.verify)
    }
  }

  @Test func `is verified here as well, unless anything of it was changed`() throws {
    let line = try lines(`A page`.warm())[0]
    let statement = try VerifiedStatement(Envelope(parsing: Array(line.utf8)), trusting: [key.publicKey])
    #expect(
      statement.sentence
        == "the proof of run 20260503T120000Z-4k7xbq: warm, about 1 path; signed by collector-1")
    #expect(statement.bundle == bundle)
    let envelope = try Envelope(parsing: Array(line.utf8))
    let payload = try #require(Data(base64Encoded: envelope.payload))
    let forged = Data(String(decoding: payload, as: UTF8.self).replacing("\"warm\"", with: "\"cold\"").utf8)
    let changes: [(String, String, String)] = [
      (envelope.payload, forged.base64EncodedString(), "no signature of a key that is trusted verifies"),
      ("vnd.in-toto+json", "json", "its payload is of the type"),
      ("collector-1", "collector-2", "no signature of a key that is trusted verifies"),
      ("\"signatures\":[{", "\"signatures\":[],\"x\":[{", "nobody has signed it"),
      (envelope.payload, "*", "not base 64"), ("payloadType", "type", "no DSSE envelope"),
    ]
    for (old, new, words) in changes {
      let changed = line.replacing(old, with: new)
      #expect(changed != line)
      let flaw = #expect(throws: AttestationFlaw.self) {
        _ = try VerifiedStatement(Envelope(parsing: Array(changed.utf8)), trusting: [key.publicKey])
      }
      #expect(flaw?.description.contains(words) == true, "\(words): \(flaw?.description ?? "")")
    }
    // Signed with a trusted key, and something else.
    for (payload, words) in [
      ("{}", "no statement of this program"),
      (#"{"_type":"x","subject":[],"predicateType":"y"}"#, "not an in-toto statement"),
      (
        #"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"y"}"#,
        "none that is known here"
      ),
    ] {
      let flaw = #expect(throws: AttestationFlaw.self) {
        _ = try VerifiedStatement(Envelope(Data(payload.utf8), signedBy: key), trusting: [key.publicKey])
      }
      #expect(flaw?.description.contains(words) == true, "\(words)")
    }
  }

  @Test func `is refused where there is nothing that it could be about`() throws {
    var scene = try `A page`.inconclusive()
    scene.survey.answers = [:]
    scene.before = [:]
    let flaw = #expect(throws: AttestationFlaw.self) { _ = try lines(scene) }
    #expect(flaw?.description.contains("no output of run") == true)
    let run = try `A page`.run(scene, state: .interrupted)
    let other = #expect(throws: AttestationFlaw.self) {
      _ = try Attestation(run, scene.testimony(), promise: `A page`.promise(scene), bundle: bundle)
    }
    #expect(other?.description.contains("no conclusion") == true)
  }
}
