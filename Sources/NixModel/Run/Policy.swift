import Foundation

/// The demands on a run that is to be warm, as its user chose them.
public struct Policy: Hashable, Sendable {
  /// Nix's permission where it cannot copy a path.
  public var builds: BuildMode
  /// Derivations that may be built here, by name.
  public var allowBuild: [DerivationGlob]
  /// Derivations that may not, whatever ``allowBuild`` says.
  public var forbidBuild: [DerivationGlob]
  /// The caches that paths must come from; empty accepts every substituter of the run.
  public var expectFrom: [SubstituterURL]
  /// Whether nothing that a target needs may have been in the store before (`fresh`).
  public var needsFreshStore: Bool
  /// Whether credentials that are good for many things decide as well.
  public var strict: Bool
  /// Means of writing that only read, by the word of the policy's author.
  public var readOnly: [ReadOnlyAssertion]

  /// A policy; by default nothing may be built and every substituter is accepted.
  public init(
    builds: BuildMode = .stop, allowBuild: [DerivationGlob] = [], forbidBuild: [DerivationGlob] = [],
    expectFrom: [SubstituterURL] = [], needsFreshStore: Bool = false, strict: Bool = false,
    readOnly: [ReadOnlyAssertion] = []
  ) {
    self.strict = strict
    self.readOnly = readOnly
    self.builds = builds
    self.allowBuild = allowBuild
    self.forbidBuild = forbidBuild
    self.expectFrom = expectFrom
    self.needsFreshStore = needsFreshStore
  }

  /// Whether anything may be built at all.
  public var letsNixBuild: Bool {
    switch builds {
    case .stop: !allowBuild.isEmpty
    case .forbid: false
    case .observe: true
    }
  }

  /// Whether `derivation` may be built during the run.
  public func allowsBuilding(_ derivation: StorePath) -> Bool {
    let name = derivation.derivationName
    return allowBuild.contains { $0.matches(name) } && !forbidBuild.contains { $0.matches(name) }
  }

  /// Whether a path may come from `substituter`.
  public func accepts(_ substituter: SubstituterURL) -> Bool {
    expectFrom.isEmpty || expectFrom.contains(substituter)
  }
}

/// Nix's permission where it cannot copy a path.
public enum BuildMode: String, Hashable, Sendable, CaseIterable, Codable {
  /// The run ends at the first certainty: before anything is downloaded where the survey decides,
  /// otherwise at the first build that the policy does not allow.
  case stop
  /// Nix is asked for output paths instead of derivations, so that it cannot build at all; every target
  /// gets its verdict.
  case forbid
  /// Nix builds the paths that it cannot copy, and the run says so.
  case observe
}

/// A pattern for derivation names (`libguestfs*`), with `*`, `?` and `[…]` as in the shell.
public struct DerivationGlob: Hashable, Sendable {
  /// The pattern as written.
  public let pattern: String

  /// Any text is a pattern.
  public init(_ pattern: String) { self.pattern = pattern }

  /// A pattern that somebody wrote.
  ///
  /// - Throws: ``DerivationGlobError`` where no derivation's name can fit it.
  public init(parsing text: String) throws(DerivationGlobError) {
    if text.isEmpty { throw DerivationGlobError(pattern: "", flaw: "it is empty") }
    if text.hasSuffix(".drv") {
      throw DerivationGlobError(pattern: text.excerpt, flaw: "names are written without .drv")
    }
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): continue
      case UInt8(ascii: "["):
        // A bracket may stand first in its own list, behind the sign that turns that over.
        let list = rest.drop { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "^") }
        guard let end = list.dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
          throw DerivationGlobError(pattern: text.excerpt, flaw: "its '[' has no end")
        }
        rest = list[list.index(after: end)...]
      case UInt8(ascii: "\\"): _ = rest.popFirst()
      default:
        guard StorePath.isNameByte(byte) else {
          throw DerivationGlobError(
            pattern: text.excerpt,
            flaw: "no derivation's name has a '\(String(decoding: [byte], as: UTF8.self))' in it")
        }
      }
    }
    pattern = text
  }

  /// Whether a derivation's name, without hash and `.drv`, fits the pattern.
  public func matches(_ name: some StringProtocol) -> Bool { fnmatch(pattern, String(name), 0) == 0 }
}

/// Why no derivation can be called so.
public struct DerivationGlobError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An excerpt of the pattern.
  public let pattern: String
  /// Why, as a clause.
  public let flaw: String

  public var description: String {
    "the pattern '\(pattern)' can fit no derivation: \(flaw); write the name without hash and .drv, such as 'libguestfs*'"
  }
}
