import NixModel

/// One binary cache: what it says of itself, of a path, and of an archive.
struct Cache: Sendable {
  let url: SubstituterURL
  let storeDirectory: StoreDirectory
  let keys: TrustedKeys
  let exchange: Exchange
  let patience: Patience

  /// Asks for `nix-cache-info`, which decides whether Nix uses the cache at all.
  func open() async -> Survey.Cache.State {
    let answer: Response
    do {
      answer = try await patience.ask(
        Request(url: address(of: "nix-cache-info"), method: .content(limit: 1 << 16)), exchange)
    } catch {
      return .unreachable(error.cause)
    }
    switch answer.status {
    case 200: break
    case 404 where url.scheme == "file":
      // Nix writes the file where it is missing, with defaults.
      return .open(priority: url.priority ?? 0)
    case 401, 403: return .unusable("it refuses this runner's credentials (HTTP \(answer.status))")
    case 400..<429, 430..<500:
      return .unusable("it has no nix-cache-info (HTTP \(answer.status)), so Nix does not use it")
    default: return .failing(status: answer.status)
    }
    guard let info = CacheInfo(parsing: String(decoding: answer.body, as: UTF8.self)) else {
      // A login page or a proxy may have answered in the cache's stead; that says nothing of the cache.
      return .unreachable("what answers for its nix-cache-info is no binary cache")
    }
    if let directory = info.storeDirectory, directory != storeDirectory.path {
      return .unusable("it is for stores in \(directory), not in \(storeDirectory)")
    }
    return .open(priority: url.priority ?? info.priority)
  }

  /// Asks for the narinfo of `path`.
  ///
  /// - Parameter known: of each name the path, where it is known already.
  func ask(
    for path: StorePath, knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?]
  ) async -> Survey.Answer.Kind {
    let request = Request(
      url: address(of: "\(path.hashPart).narinfo"), method: .content(limit: Narinfo.maximumSize))
    let answer: Response
    do { answer = try await patience.ask(request, exchange) } catch {
      switch error {
      case .unreachable(let cause), .stalled(let cause): return .failed(.unreachable(cause))
      case .tooLong: return .invalid(NarinfoError(line: nil, flaw: .tooLong))
      }
    }
    switch answer.status {
    case 200: break
    case 404, 410: return .absent
    case 401, 403, 407: return .refused(status: answer.status)
    default: return .failed(.status(answer.status))
    }
    guard let text = String(validating: answer.body, as: UTF8.self) else {
      return .invalid(NarinfoError(line: nil, flaw: .notText))
    }
    do {
      let narinfo = try Narinfo(parsing: text, for: path, knowing: known)
      guard narinfo.isWithin(url) else {
        return .invalid(NarinfoError(line: nil, flaw: .elsewhere(url: narinfo.url.excerpt)))
      }
      if let verified = VerifiedNarinfo(narinfo, trusting: keys) { return .offered(verified, nar: .notAsked) }
      // What nobody vouches for can be what the cache was sent, spelled as names and signatures.
      return Redaction.holdsKnown(text)
        ? .invalid(NarinfoError(line: nil, flaw: .malformedLine(text.excerpt))) : .untrusted(narinfo)
    } catch {
      return .invalid(error)
    }
  }

  /// Asks whether the archive that `narinfo` names is there.
  func nar(of narinfo: Narinfo) async -> Survey.NarPresence {
    let target = narinfo.url.holds("://") ? narinfo.url : address(of: narinfo.url)
    do {
      var answer = try await patience.ask(Request(url: target, method: .presence), exchange)
      if [400, 401, 403, 405, 501].contains(answer.status) {
        // Some servers serve GET only; Nix itself never sends HEAD for an archive.
        answer = try await patience.ask(Request(url: target, method: .firstByte), exchange)
      }
      return switch answer.status {
      case 200, 206: .present(size: answer.size)
      case 404, 410: .missing(status: answer.status)
      case 401, 403, 407: .refused(status: answer.status)
      default: .failed(.status(answer.status))
      }
    } catch {
      return .failed(.unreachable(error.cause))
    }
  }

  private func address(of file: String) -> String { "\(url.canonical)/\(file)" }
}

extension ExchangeError {
  var cause: String {
    switch self {
    case .unreachable(let cause), .stalled(let cause): cause
    case .tooLong(let limit): "its answer is longer than \(limit) bytes"
    }
  }
}
