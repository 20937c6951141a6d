import NixModel
import TestSupport
import Testing

@testable import Publishing

/// What the clients of caches say, and what is made of it.
@Suite struct `The words of a client` {
  @Test(
    arguments: [
      (
        "Error: AccessError: Access error: User does not have permission to complete this action.",
        .readOnlyToken
      ),
      ("Error: Unauthorized: Unauthorized.", .unknownToken),
      ("Error: NoSuchCache: The requested cache does not exist.", .unknownToken),
      ("Error: HTTP 413 Payload Too Large: <html>", .refused(status: 413)),
      ("HTTP 503 Service Unavailable: upstream", .refused(status: 503)),
      ("unable to upload 'https://c/x.narinfo': HTTP error 502", .refused(status: 502)),
      ("InternalServerError: The server encountered an internal error", .refused(status: 500)),
      ("error sending request for url (https://a/)", .lostConnection),
      ("unable to upload 'x': Couldn't connect to server (7)", .lostConnection),
      ("Error: No servers are available.", .other), ("HTTP 404 Not Found", .other), ("", .other),
    ] as [(String, PushOutcome.Cause)])
  func `tell the cause of a failed push`(words: String, cause: PushOutcome.Cause) {
    #expect(PushOutcome.Cause(telling: words) == cause)
  }

  @Test func `tell what was sent, and what not`() throws {
    let (sent, failed) = (try Make.path("qemu-10.0"), try Make.path("glib-2.80"))
    var speech = AtticSpeech()
    for line in [
      "👀 Pushing new store paths to \"main\" on \"stand-in\"", "✅ \(sent.baseName) (1.0 MiB/s)",
      "❌ \(failed.baseName): HTTP 503 Service Unavailable: no",
      "✅ All done! (3 already cached, 1 in upstream)",
    ] { speech.hear(line) }
    #expect(speech.isWatching && speech.sent == [sent] && speech.failed.keys.map(\.self) == [failed])
    let failure = speech.failure("exit code 1")
    #expect(failure.cause == .refused(status: 503))
    #expect(failure.words.contains("one path could not be pushed, such as \(failed)"))
    // It was tried again.
    speech.hear("✅ \(failed.baseName) (2.0 KiB/s, 10.0% deduplicated)")
    #expect(speech.failed.isEmpty && speech.sent == [sent, failed])
  }

  @Test(arguments: [
    ([PushOutcome.Cause.lostConnection, .refused(status: 503)], 3, true),
    ([.readOnlyToken], 1, false), ([.other], 1, false),
    (Array(repeating: .lostConnection, count: 9), 4, false),
  ])
  func `are heard again where the failure may pass`(causes: [PushOutcome.Cause], tries: Int, succeeds: Bool)
    async
  {
    var left = causes
    var count = 0
    let outcome = await Perseverance(pauses: [.zero, .zero, .zero]).push(saying: { _ in }) {
      count += 1
      return left.isEmpty
        ? PushOutcome() : PushOutcome(failure: PushOutcome.Failure(cause: left.removeFirst(), words: ""))
    }
    #expect(count == tries && (outcome.failure == nil) == succeeds)
  }
}
