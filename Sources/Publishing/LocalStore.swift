import NixCommand
import NixModel

/// The publisher's own store, and what was in it before the publication began.
struct LocalStore: Sendable {
  let program: NixProgram
  private let witness: StoreWitness
  private let inventory: StoreInventory

  /// A valid path.
  struct Entry: Sendable {
    let path: StorePath
    let registration: Registration
    /// Whether it was valid before the publication began.
    let isOlder: Bool

    /// How it came into the store.
    ///
    /// - Parameter copied: the paths that Nix's log says were copied from caches.
    func outcome(_ copied: Set<StorePath>) -> PublishedPath.Outcome {
      if isOlder { return .alreadyValid }
      // A remote builder's output is neither signed nor content-addressed.
      if registration.isUltimate || registration.signatures.isEmpty && registration.contentAddress == nil {
        return .built
      }
      if copied.contains(path) { return .substituted }
      // Evaluation adds sources, which are content-addressed; anything else that is signed came from elsewhere.
      return registration.contentAddress == nil ? .substituted : .alreadyValid
    }
  }

  /// - Throws: ``Impossible`` where the store cannot be read.
  init(_ program: NixProgram) async throws(Impossible) {
    self.program = program
    witness = StoreWitness(program)
    switch await witness.inventory() {
    case .said(let inventory): self.inventory = inventory
    case .notAsked: throw Self.unreadable("it was not asked")
    case .unavailable(let cause): throw Self.unreadable(cause)
    }
  }

  /// The valid ones of `paths`.
  func entries(of paths: [StorePath]) async throws(Impossible) -> [StorePath: Entry] {
    switch await witness.presence(of: paths, since: .said(inventory)) {
    case .said(let found):
      return found.reduce(into: [:]) { entries, found in
        guard let entry = found.value.entry else { return }
        entries[found.key] = Entry(
          path: found.key, registration: entry.registration, isOlder: found.value.isOlder)
      }
    case .notAsked: throw Self.unreadable("it was not asked")
    case .unavailable(let cause): throw Self.unreadable(cause)
    }
  }

  /// The valid ones of `roots`, and everything that they refer to, in the order in which it is found.
  func closure(of roots: [StorePath]) async throws(Impossible) -> [Entry] {
    var found: [Entry] = []
    var seen = Set(roots)
    var open = roots.unique
    while !open.isEmpty {
      let entries = try await entries(of: open)
      let next = open.compactMap { entries[$0] }
      found += next
      open = next.flatMap(\.registration.references).filter { seen.insert($0).inserted }
    }
    return found
  }

  /// The outputs of everything that a derivation is built from, valid or not; `nil` where the store lacks it.
  func builtWith(_ derivation: StorePath) -> [StorePath]? {
    let graph = program.derivations([derivation], wholeClosure: true)
    guard graph.derivations[derivation] != nil else { return nil }
    return graph.derivations.values.flatMap { $0.outputs.values.compactMap(\.self) }
  }

  private static func unreadable(_ cause: String) -> Impossible {
    Impossible(.storeUnreadable, "the store cannot be read: \(cause)")
  }
}
