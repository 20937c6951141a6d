import NixModel
import Synchronization

/// One binary cache, and its answers about itself, about paths and about archives.
struct Cache: Sendable {
  let url: SubstituterURL
  /// Finds out how the Nix in use decodes; called only where it matters.
  let decoding: @Sendable () async -> NixDecoding?
  let storeDirectory: StoreDirectory
  let keys: TrustedKeys
  let exchange: Exchange
  let patience: Patience
  /// Whether `HEAD` was answered otherwise than a request for the archive.
  private let habits = ArchiveHabits()

  init(
    url: SubstituterURL, storeDirectory: StoreDirectory, keys: TrustedKeys, exchange: Exchange,
    patience: Patience, decoding: @escaping @Sendable () async -> NixDecoding?
  ) {
    self.url = url
    self.storeDirectory = storeDirectory
    self.keys = keys
    self.exchange = exchange
    self.patience = patience
    self.decoding = decoding
  }

  /// How many bytes of `nix-cache-info` are read. It has three lines.
  private static let longestInfo = 1 << 16

  /// Asks for `nix-cache-info`, which decides whether Nix uses the cache at all.
  func open() async -> Survey.Cache.State {
    let answer: Response
    do {
      answer = try await patience.ask(
        Request(url: address(of: "nix-cache-info"), method: .content(limit: Self.longestInfo)), exchange)
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
    let content: [UInt8]
    do { content = try await self.content(of: answer, ofAtMost: Self.longestInfo) } catch {
      return .unreachable("its nix-cache-info \(error.cause)")
    }
    guard let info = CacheInfo(parsing: String(decoding: content, as: UTF8.self)) else {
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
  /// - Parameter known: gives, for each name, the path that is known already.
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
    let content: [UInt8]
    do { content = try await self.content(of: answer, ofAtMost: Narinfo.maximumSize) } catch {
      switch error.flaw {
      case .tooLong: return .invalid(NarinfoError(line: nil, flaw: .tooLong))
      // Others may read an encoding that we cannot read, so it is no fault of the cache's.
      case .unknown, .notReadByNix, .damaged: return .failed(.unreadable("its narinfo \(error.cause)"))
      }
    }
    return Survey.Answer.Kind(narinfo: content, for: path, from: url, trusting: keys, knowing: known)
  }

  /// Asks whether the archive that `narinfo` names is there.
  ///
  /// Nix never sends `HEAD` for an archive, and servers that have it may say to `HEAD` that they have not (harmonia
  /// before 3.2, gachix, an object store behind an address that was signed for GET). So `HEAD` can say that an archive
  /// is there, and nothing else: that it is gone, only a request for its first byte can say.
  func nar(of narinfo: Narinfo) async -> Survey.NarPresence {
    let target = narinfo.url.holds("://") ? narinfo.url : address(of: narinfo.url)
    if !habits.isHeadUseless {
      // Without another try, because the next request tells every problem.
      if let answer = try? await exchange.ask(Request(url: target, method: .presence)), answer.status == 200 {
        return .present(size: answer.size)
      }
    }
    do {
      var answer = try await patience.ask(Request(url: target, method: .firstByte), exchange)
      if [400, 405, 416, 501].contains(answer.status) {
        // Some servers refuse to give out parts.
        answer = try await patience.ask(Request(url: target, method: .beginning), exchange)
      }
      switch answer.status {
      case 200, 206:
        habits.noteHeadFailed()
        return .present(size: answer.size)
      case 404, 410: return .missing(status: answer.status)
      case 401, 403, 407: return .refused(status: answer.status)
      default: return .failed(.status(answer.status))
      }
    } catch {
      return .failed(.unreachable(error.cause))
    }
  }

  /// The content of an answer, decoded.
  private func content(of answer: Response, ofAtMost limit: Int) async throws(Undecodable) -> [UInt8] {
    guard let text = answer.encoding else { return answer.body }
    let encoding = ContentEncoding(text)
    do throws(ContentEncoding.Flaw) {
      return try encoding.decodedByAny(answer.body, ofAtMost: limit)
    } catch {
      guard error == .notReadByNix else { throw Undecodable(encoding: text.excerpt, flaw: error) }
    }
    // Which Nix is in use matters only where not every Nix reads the encoding.
    let nix = await decoding()
    do throws(ContentEncoding.Flaw) {
      return try encoding.decoded(answer.body, ofAtMost: limit, as: nix)
    } catch {
      throw Undecodable(encoding: text.excerpt, flaw: error)
    }
  }

  /// Why content could not be decoded.
  private struct Undecodable: Error {
    let encoding: String
    let flaw: ContentEncoding.Flaw

    var cause: String {
      switch flaw {
      case .unknown: "has the Content-Encoding '\(encoding)', which warmth cannot decode"
      case .notReadByNix: "has the Content-Encoding '\(encoding)', which this Nix does not decode"
      case .damaged: "is not what its Content-Encoding '\(encoding)' says"
      case .tooLong: "is too long once it is decoded"
      }
    }
  }

  private func address(of file: String) -> String { "\(url.base)/\(file)" }
}

/// How a cache answers about archives, as its answers show.
private final class ArchiveHabits: Sendable {
  private let hasFailed = Atomic(false)

  /// Whether it answered `HEAD` with something else than the request for a byte.
  var isHeadUseless: Bool { hasFailed.load(ordering: .relaxed) }

  func noteHeadFailed() { hasFailed.store(true, ordering: .relaxed) }
}

extension ExchangeError {
  var cause: String {
    switch self {
    case .unreachable(let cause), .stalled(let cause): cause
    case .tooLong(let limit): "its answer is longer than \(limit) bytes"
    }
  }
}
