package import NixModel

extension Survey {
  package func entries() throws -> [Entry] {
    let caches = caches.map { cache in
      JSON.item { item in
        item.add("cache", cache.url.canonical)
        switch cache.state {
        case .open(let priority): item.add("priority", priority)
        case .unreachable(let cause): item.add("unreachable", cause)
        case .failing(let status): item.add("failing", status)
        case .unusable(let cause): item.add("unusable", cause)
        case .unknown: break
        }
      }
    }
    // A path without answers is recorded as well, because it shows that no cache was open.
    let offers = try answers.sorted { $0.key < $1.key }.map { path, answers in
      try JSON.item { item in
        item.add("path", path)
        item.add("answers", items: try answers.map { try $0.item(for: path) })
      }
    }
    return Entry.entries(.caches, caches) + Entry.entries(.offers, offers)
  }
}

extension Survey.Answer {
  fileprivate func item(for path: StorePath) throws -> JSON {
    try .item { item in
      item.add("cache", cache.canonical)
      switch kind {
      case .offered(let offer, let nar):
        item.add("answer", "offered")
        item.add("signedBy", texts: offer.authority.signers)
        item.add(nar)
        item.add(offer.narinfo)
      case .untrusted(let narinfo):
        item.add("answer", "untrusted")
        item.add(narinfo)
      case .absent: item.add("answer", "absent")
      case .refused(let status):
        item.add("answer", "refused")
        item.add("status", status)
      case .invalid(let error):
        item.add("answer", "invalid")
        item.add("flaw", try JSON(encoding: error).redacted)
      case .failed(let failure):
        item.add("answer", "failed")
        item.add(failure)
      }
    }
  }
}

extension JSON {
  /// The value without credentials in its texts.
  fileprivate var redacted: JSON {
    switch self {
    case .null, .flag, .number: self
    case .text(let text): .text(Redaction.redact(text))
    case .list(let values): .list(values.map(\.redacted))
    case .object(let members): .object(members.map { ($0.name, $0.value.redacted) })
    }
  }
}

extension ItemWriter {
  fileprivate mutating func add(_ failure: Survey.Failure) {
    switch failure {
    case .unreachable(let cause): add("unreachable", Redaction.redact(cause))
    case .status(let status): add("status", status)
    case .unreadable(let cause): add("unreadable", Redaction.redact(cause))
    }
  }

  fileprivate mutating func add(_ nar: Survey.NarPresence) {
    switch nar {
    case .notAsked: add("archive", "not-asked")
    case .present(let size):
      add("archive", "present")
      add("archiveSize", size)
    case .missing(let status):
      add("archive", "missing")
      add("status", status)
    case .refused(let status):
      add("archive", "refused")
      add("status", status)
    case .failed(let failure):
      add("archive", "failed")
      add(failure)
    }
  }

  fileprivate mutating func add(_ narinfo: Narinfo) {
    add("url", Redaction.redact(narinfo.url))
    add("compression", narinfo.compression)
    add("fileSize", narinfo.fileSize)
    addContent(
      narinfo.narHash, narinfo.narSize, narinfo.references, narinfo.signatures, narinfo.contentAddress)
    add("deriver", narinfo.deriver.flatMap { Redaction.holdsKnown($0.baseName) ? nil : $0.baseName })
  }
}

extension Item {
  fileprivate func failure() throws -> Survey.Failure {
    if let cause = try text(ifAny: "unreachable") { return .unreachable(cause) }
    if let cause = try text(ifAny: "unreadable") { return .unreadable(cause) }
    return .status(try number("status"))
  }

  fileprivate func archive() throws -> Survey.NarPresence {
    switch try text("archive") {
    case "not-asked": return .notAsked
    case "present": return .present(size: try number(ifAny: "archiveSize"))
    case "missing": return .missing(status: try number("status"))
    case "refused": return .refused(status: try number("status"))
    case "failed": return .failed(try failure())
    case let word: throw JSON.Flaw(words: "an archive is '\(word.excerpt)'")
    }
  }

  fileprivate func narinfo(of path: StorePath) throws -> Narinfo {
    Narinfo(
      path: path, url: try text("url"), compression: try text("compression"),
      fileSize: try number(ifAny: "fileSize"), narHash: try narHash(), narSize: try number("narSize"),
      references: try references(in: path.directory),
      deriver: try text(ifAny: "deriver").map { try StorePath(baseName: $0, in: path.directory) },
      signatures: try signatures(), contentAddress: try contentAddress())
  }
}

extension Contents {
  package func caches() throws -> [Survey.Cache] {
    try items(.caches).map { item in
      let state: Survey.Cache.State =
        if let priority: Int = try item.number(ifAny: "priority") {
          .open(priority: priority)
        } else if let cause = try item.text(ifAny: "unreachable") {
          .unreachable(cause)
        } else if let status: Int = try item.number(ifAny: "failing") {
          .failing(status: status)
        } else if let cause = try item.text(ifAny: "unusable") {
          .unusable(cause)
        } else {
          .unknown
        }
      return Survey.Cache(url: SubstituterURL(anyStore: try item.text("cache")), state: state)
    }
  }

  /// The caches and their answers. Each offer is verified again, and one that does not verify is a
  /// contradiction.
  package func survey(trusting keys: TrustedKeys) throws -> Survey {
    var answers: [StorePath: [Survey.Answer]] = [:]
    for item in try items(.offers) {
      let path = try item.path("path")
      answers[path] = try item.items("answers").map { answer in
        Survey.Answer(
          cache: SubstituterURL(anyStore: try answer.text("cache")),
          kind: try Self.kind(answer, of: path, trusting: keys))
      }
    }
    return Survey(caches: try caches(), answers: answers)
  }

  private static func kind(
    _ item: Item, of path: StorePath, trusting keys: TrustedKeys
  ) throws -> Survey.Answer.Kind {
    switch try item.text("answer") {
    case "absent": return .absent
    case "refused": return .refused(status: try item.number("status"))
    case "failed": return .failed(try item.failure())
    case "invalid": return .invalid(try item.decoded("flaw", NarinfoError.self))
    case "untrusted": return .untrusted(try item.narinfo(of: path))
    case "offered":
      guard let verified = VerifiedNarinfo(try item.narinfo(of: path), trusting: keys) else {
        throw JSON.Flaw(words: "the offer of \(path) by \(try item.text("cache").excerpt) does not verify")
      }
      return .offered(verified, nar: try item.archive())
    case let word: throw JSON.Flaw(words: "the answer for \(path) is '\(word.excerpt)'")
    }
  }
}
