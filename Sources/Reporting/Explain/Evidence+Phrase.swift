package import NixModel

// The one place that words a piece of evidence.
extension Evidence {
  /// The kind of witness that it comes from.
  package var kind: String {
    switch self {
    case .answer: "answer"
    case .cache: "cache"
    case .log: "log"
    case .setting: "setting"
    case .before: "before"
    case .after: "after"
    }
  }

  /// The line of the run's log, where it is one.
  package var line: Int? {
    switch self {
    case .log(let event): event.line
    case .answer, .cache, .setting, .before, .after: nil
    }
  }

  /// The piece of evidence in one line.
  package var phrase: String { Words.line(text) }

  private var text: String {
    switch self {
    case .answer(let answer, let path):
      "\(answer.cache)/\(path.hashPart).narinfo: \(answer.kind.phrase)"
    case .cache(let cache): "\(cache.url)/nix-cache-info: \(cache.state.phrase)"
    case .log(let event): "log line \(event.line): \(event.kind.phrase)"
    case .setting(let name, let place?): "the setting \(name) is from \(place)"
    case .setting(let name, nil): "the setting \(name) has its default"
    case .before(let path, let presence): "before the run \(path) was \(presence.phrase)"
    case .after(let path, nil): "after the run \(path) was not valid"
    case .after(let path, let registration?): "after the run \(path) was \(registration.phrase)"
    }
  }
}

extension Survey.Answer.Kind {
  fileprivate var phrase: String {
    switch self {
    case .absent: "HTTP 404, so it is not there"
    case .refused(let status): "HTTP \(status), refused"
    case .failed(let failure): failure.phrase
    case .invalid(let error): "HTTP 200, and no usable narinfo: \(error)"
    case .untrusted(let narinfo):
      "HTTP 200, "
        + (narinfo.signatures.isEmpty
          ? "without a signature"
          : "signed by \(Words.list(narinfo.signatures.map(\.keyName))), no trusted key among them that verifies")
    case .offered(let offer, let nar):
      "HTTP 200, \(offer.authority.phrase), \(Quantity.bytes(offer.narinfo.narSize)); "
        + "its archive \(offer.narinfo.url): \(nar.phrase)"
    }
  }
}

extension Authority {
  fileprivate var phrase: String {
    switch self {
    case .signed(let names): "signed by \(Words.list(names))"
    case .contentAddressed: "content-addressed"
    }
  }
}

extension Survey.NarPresence {
  fileprivate var phrase: String {
    switch self {
    case .notAsked: "not asked for"
    case .present(let size): size.map { "there, \(Quantity.bytes($0))" } ?? "there"
    case .missing(let status): "HTTP \(status), so it is not there"
    case .refused(let status): "HTTP \(status), refused"
    case .failed(let failure): failure.phrase
    }
  }
}

extension Survey.Failure {
  fileprivate var phrase: String {
    switch self {
    case .unreachable(let cause): "no answer: \(cause)"
    case .status(let status): "HTTP \(status)"
    case .unreadable(let cause): "HTTP 200, and \(cause)"
    }
  }
}

extension Survey.Cache.State {
  package var phrase: String {
    switch self {
    case .open(let priority): "it is a binary cache, of priority \(priority)"
    case .unreachable(let cause): "no answer: \(cause)"
    case .failing(let status): "HTTP \(status)"
    case .unusable(let cause): cause
    case .unknown: "only Nix itself can ask this kind of store"
    }
  }
}

extension LogEvent.Kind {
  /// The event as Nix would show it to a person.
  package var phrase: String {
    switch self {
    case .copyStarted(let path, let from): "copying path '\(path)' from '\(from)'"
    case .copyStopped(let path, let from): "the copy of '\(path)' from '\(from)' ended, well or not"
    case .transferred(let path, let from, let to): "copying path '\(path)' from '\(from)' to '\(to)'"
    case .buildStarted(let derivation): "building '\(derivation)'"
    case .buildStartedRemotely(let derivation, let machine): "building '\(derivation)' on '\(machine)'"
    case .buildStopped(let derivation): "the build of '\(derivation)' ended, well or not"
    case .resolved(let derivation, let other): "resolved derivation '\(derivation)' to '\(other)'"
    case .postBuildHook(let derivation): "running the post-build hook for '\(derivation)'"
    case .complaint(let complaint): complaint.text
    case .builderSaid(let derivation, let line): "\(derivation.derivationName)> \(line)"
    case .progress(let path, let done, let expected): "\(path): \(done) of \(expected) bytes"
    }
  }
}

extension Presence {
  fileprivate var phrase: String {
    switch entry?.arrival {
    case nil: isOnDisk ? "on disk without being registered" : "neither registered nor on disk"
    case .before(nil): "registered as valid"
    case .before(let row?): "registered as valid, in row \(row) of the store's database"
    case .evaluation(nil): "registered as valid since evaluation"
    case .evaluation(let row?): "registered as valid since evaluation, in row \(row) of the store's database"
    }
  }
}

extension Registration {
  fileprivate var phrase: String {
    let signers = Set(signatures.map(\.keyName)).sorted()
    let marks = signers.isEmpty ? "no signature" : "signatures by \(Words.list(signers))"
    return "registered as \(isUltimate ? "built here" : "not built here"), with \(marks)"
      + (contentAddress.map { ", content address \($0)" } ?? "")
  }
}

extension Consequence {
  /// `Nix began to build libguestfs-1.54.1 (log line 105)`.
  package var phrase: String {
    let name = String(path.derivationName)
    return switch outcome {
    case .built(nil, let line): "Nix began to build \(name) (log line \(line))"
    case .built(let machine?, let line): "Nix had \(name) built on \(machine) (log line \(line))"
    case .notRealized: "\(name) did not come"
    }
  }

  /// The stable word for it.
  var word: String {
    switch outcome {
    case .built(nil, _): "built"
    case .built(_?, _): "built-remotely"
    case .notRealized: "not-realized"
    }
  }
}
