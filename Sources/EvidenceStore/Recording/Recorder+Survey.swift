import GRDB
import NixModel

extension Recorder {
  func record(_ survey: Survey, _ seq: Int64) throws {
    let caches = try Table(
      "cache_row", ["run", "position", "url", "state", "priority", "status", "cause"], db)
    for (position, cache) in survey.caches.enumerated() {
      let state: (word: String, priority: Int?, status: Int?, cause: String?) =
        switch cache.state {
        case .open(let priority): ("open", priority, nil, nil)
        case .unreachable(let cause): ("unreachable", nil, nil, cause)
        case .failing(let status): ("failing", nil, status, nil)
        case .unusable(let cause): ("unusable", nil, nil, cause)
        case .unknown: ("unknown", nil, nil, nil)
        }
      try caches.insert([
        seq, position, try lexicon.text(cache.url.canonical), state.word, state.priority, state.status,
        try lexicon.text(ifAny: state.cause),
      ])
    }
    let offers = try Table("offer_row", ["run", "path", "cache", "position", "answer"], db)
    let unanswered = try Table("unanswered_row", ["run", "path"], db)
    for (path, answers) in try inOrder(survey.answers) {
      // Where no cache was open, a path is without answers, and that is an answer too.
      if answers.isEmpty { try unanswered.insert([seq, path]) }
      for (position, answer) in answers.enumerated() {
        try offers.insert([
          seq, path, try lexicon.text(answer.cache.canonical), position, try entry(for: answer.kind, path),
        ])
      }
    }
    try index("offer_row", seq)
  }

  private func entry(for kind: Survey.Answer.Kind, _ path: Int64) throws -> Int64 {
    try lexicon.answers.id(of: kind) { try newEntry(for: kind, path) }
  }

  private func newEntry(for kind: Survey.Answer.Kind, _ path: Int64) throws -> Int64 {
    switch kind {
    case .offered(let offer, let nar):
      let archive: (word: String, bytes: UInt64?, failure: Failure) =
        switch nar {
        case .notAsked: ("not-asked", nil, Failure())
        case .present(let size): ("present", size, Failure())
        case .missing(let status): ("missing", nil, Failure(status: status))
        case .refused(let status): ("refused", nil, Failure(status: status))
        case .failed(let failure): ("failed", nil, Failure(failure))
        }
      return try entry(
        "offered", narinfo: try entry(for: offer.narinfo, path), archive.failure,
        signedBy: words(offer.authority.signers), nar: archive.word, narBytes: archive.bytes)
    case .untrusted(let narinfo):
      return try entry("untrusted", narinfo: try entry(for: narinfo, path))
    case .absent: return try entry("absent")
    case .refused(let status): return try entry("refused", Failure(status: status))
    case .invalid(let error):
      return try entry("invalid", Failure(cause: error.description), flaw: try JSON.text(error))
    case .failed(let failure): return try entry("failed", Failure(failure))
    }
  }

  /// What went wrong, as two columns say it.
  private struct Failure {
    var status: Int?
    var cause: String?

    init(status: Int? = nil, cause: String? = nil) {
      self.status = status
      self.cause = cause
    }

    init(_ failure: Survey.Failure) {
      switch failure {
      case .unreachable(let cause): self.init(cause: cause)
      case .status(let status): self.init(status: status)
      case .unreadable(let cause): self.init(status: 200, cause: cause)
      }
    }
  }

  private func entry(
    _ answer: String, narinfo: Int64? = nil, _ failure: Failure = Failure(), flaw: String? = nil,
    signedBy: String? = nil, nar: String? = nil, narBytes: UInt64? = nil
  ) throws -> Int64 {
    try lexicon.entry(
      .answer,
      [
        narinfo, answer, failure.status, try lexicon.text(ifAny: failure.cause.map { Redaction.redact($0) }),
        flaw,
        try lexicon.text(ifAny: signedBy), nar, narBytes.map { Int64(clamping: $0) },
      ])
  }

  private func entry(for narinfo: Narinfo, _ path: Int64) throws -> Int64 {
    let metadata = try metadata(
      of: path, narinfo.narHash, narinfo.narSize, narinfo.references, narinfo.signatures,
      narinfo.contentAddress)
    return try lexicon.entry(
      .narinfo,
      [
        metadata, Redaction.redact(narinfo.url), narinfo.compression,
        narinfo.fileSize.map { Int64(clamping: $0) },
        narinfo.deriver.flatMap { Redaction.holdsKnown($0.baseName) ? nil : $0.baseName },
      ])
  }
}
