import NixCommand
import NixModel

/// A path that the targets need.
struct Needed: Sendable {
  let entry: LocalStore.Entry
  let role: PublishedPath.Role
  var published = PublishedPath.Published.notPushed
  var reading: Reading?
}

/// The caches that readers use: they give the receipt.
struct Readers: Sendable {
  let order: Order
  let tools: Publisher.Tools
  let program: NixProgram
  let settings: NixSettings

  // MARK: Asking

  /// Asks the read side, and the further caches for paths that it lacks.
  func ask(for needed: inout [Needed]) async {
    guard !needed.isEmpty, !Task.isCancelled else { return }
    // Further caches have keys of their own, and this Nix trusts the usual ones.
    let usual = order.readKeys + order.ownKeys + ((try? settings.trustedKeys())?.keys ?? [])
    let upstreamKeys = ReaderKeys(keys: TrustedKeys(usual), areAll: !order.readKeys.isEmpty)
    let keys =
      order.readKeys.isEmpty ? upstreamKeys : ReaderKeys(keys: TrustedKeys(order.readKeys), areAll: true)
    if !keys.areAll {
      tools.say("which keys readers trust was not said (--read-key): any signature by an unknown key counts")
    }
    if let readSide = order.readSide {
      await ask(readSide, of: Array(needed.indices), among: &needed, keys)
    } else {
      await askStore(for: &needed, keys)
    }
    for cache in order.upstreams {
      let open = needed.indices.filter { index in
        if case .served? = needed[index].reading { false } else { true }
      }
      guard !open.isEmpty, !Task.isCancelled else { break }
      await ask(cache, of: open, among: &needed, upstreamKeys)
    }
  }

  private func ask(
    _ cache: SubstituterURL, of open: [Int], among needed: inout [Needed], _ keys: ReaderKeys
  ) async {
    let question = ReaderQuestion(
      cache: cache, paths: open.map { needed[$0].entry.path }, readerKeys: keys, version: program.version,
      certificates: settings.sslCertFile)
    tools.say("asking \(cache) for \(question.paths.count) paths, as readers do")
    let receipt = Receipt(cache: cache, answer: await tools.ask(question), keys: keys)
    for index in open {
      let entry = needed[index].entry
      let reading = receipt.reading(of: entry.path, registeredAs: entry.registration)
      needed[index].reading = needed[index].reading?.orElse(reading) ?? reading
    }
  }

  /// Asks a store that has no address for readers.
  private func askStore(for needed: inout [Needed], _ keys: ReaderKeys) async {
    guard case .nixCopy(let copy)? = order.destination else { return }
    do throws(NixError) {
      let answers = try await program.registrations(
        of: needed.map(\.entry.path), inStoreAt: copy.url.configured)
      for index in needed.indices {
        let path = needed[index].entry.path
        needed[index].reading = Reading(answers[path], of: path, in: copy.url, trusting: keys)
      }
    } catch {
      for index in needed.indices { needed[index].reading = .unknown(cause: "\(error)") }
    }
  }

  // MARK: Judging

  /// Says of each path whether it was published, by what the client said it sent and what is served now.
  ///
  /// - Parameters:
  ///   - sent: the paths that the client said it sent.
  ///   - unpublished: the paths of pushes that failed.
  /// - Returns: the faults.
  func judge(
    _ needed: inout [Needed], sent: Set<StorePath>, unpublished: Set<StorePath>, to destination: Destination
  ) -> [PublicationFault] {
    let entries = Dictionary(needed.map { ($0.entry.path, $0.entry) }) { first, _ in first }
    let failed = Set(
      ReferenceGraph(from: needed.lazy.map(\.entry.path).filter(unpublished.contains)) {
        entries[$0]?.registration.references ?? []
      }.paths)
    let side = order.readSide ?? destination.place
    var faults: [PublicationFault] = []
    var doubts: [(path: StorePath, cause: String)] = []
    for index in needed.indices {
      let (path, reading) = (needed[index].entry.path, needed[index].reading)
      var (isServed, isFromReadSide) = (false, false)
      if case .served(let cache, _)? = reading {
        (isServed, isFromReadSide) = (true, cache == order.readSide)
      }
      let upstream = isFromReadSide ? nil : upstreamKey(of: needed[index].entry, destination)
      let published: PublishedPath.Published =
        if failed.contains(path), !isServed {
          .failed
        } else if sent.contains(path) {
          .pushed
        } else if upstream != nil {
          .filtered
        } else {
          .alreadyThere
        }
      needed[index].published = published
      switch (reading, published) {
      case (.served(let cache, .other)?, _):
        faults.append(.otherContent(path, at: cache, isPushed: published == .pushed))
      case (.lacking?, .filtered): faults.append(.filtered(path, by: upstream ?? "", at: side))
      case (.lacking(let lack)?, .pushed), (.lacking(let lack)?, .alreadyThere),
        (.lacking(let lack)?, .notPushed):
        faults.append(.lack(lack, of: path, at: side, in: order))
      case (.unknown(let cause)?, _): doubts.append((path, cause))
      case (.served(_, .asBuiltHere)?, _), (nil, _), (.lacking?, .failed): break
      }
    }
    guard let first = doubts.first else { return faults }
    return faults + [
      PublicationFault(
        .readSideUnreachable, path: nil, isFatal: true,
        "what readers use could not be asked for \(doubts.count) of \(needed.count) paths, such as \(first.path) (\(first.cause)). Whether readers get them is not known; publishing anew pushes nothing that is there"
      )
    ]
  }

  /// The key for whose signature, by name alone, Attic leaves a path out.
  private func upstreamKey(of entry: LocalStore.Entry, _ destination: Destination) -> String? {
    guard case .attic(let server) = destination, !server.ignoresUpstreamFilter else { return nil }
    let names = Set(entry.registration.signatures.map(\.keyName))
    return order.upstreamKeyNames.first(where: names.contains)
  }
}
