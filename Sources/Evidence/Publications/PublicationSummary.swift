package import Foundation
package import NixModel

/// The summary that a publisher leaves behind: one JSON document, `warmth/publication/v1`
/// (docs/publications.md). It is the record of the publication as well, cut into lines.
///
/// The document is not trusted, because its writer is unknown. Unknown keys are ignored. All texts that come
/// from it are without credentials and control characters.
package struct PublicationSummary: Sendable {
  package let publication: Publication

  package static let schema = "warmth/publication/v1"
  /// The largest summary in bytes: some 150,000 paths.
  package static let maximumSize = 32 << 20

  /// - Throws: ``Flaw`` where the document is too large, or a key is missing or malformed.
  package init(parsing data: Data) throws(Flaw) {
    guard data.count <= Self.maximumSize else {
      throw Flaw(key: nil, words: "it has more than \(Self.maximumSize >> 20) MiB")
    }
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch { throw Flaw(error) }
  }

  /// Whether a file that is no bundle, and begins with `start`, is a JSON document. No database begins like
  /// one.
  package static func isDocument(_ start: Data) -> Bool {
    start.first { !whiteSpace.contains($0) } == UInt8(ascii: "{")
  }

  /// Whether `data` names the schema of a summary. A damaged document must begin with that key; in an intact
  /// one it may stand anywhere.
  package static func isOne(_ data: Data) -> Bool {
    let signs = data.prefix(256).filter { !whiteSpace.contains($0) }
    return isDocument(signs)
      && (signs.starts(with: #"{"schema":"\#(schema)""#.utf8)
        || (try? JSONDecoder().decode(Mark.self, from: data))?.schema == schema)
  }

  private struct Mark: Decodable { let schema: String }

  private static let whiteSpace = Array(" \t\r\n".utf8)

  /// Why a document is no summary.
  package struct Flaw: Error, CustomStringConvertible {
    /// The key, such as `targets[3].derivation`; `nil` for the document as a whole.
    package let key: String?
    /// The flaw in words, such as `expected a text`.
    package let words: String

    package var description: String {
      [key.map { "'\($0)'" }, words].compactMap(\.self).joined(separator: ": ")
    }
  }
}

// MARK: Errors

extension PublicationSummary.Flaw {
  init(_ error: any Error) {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?:
      self.init(key: Self.name(context.codingPath + [key]), words: "it is missing")
    case .valueNotFound(let type, let context)?:
      self.init(key: Self.name(context.codingPath), words: "expected \(Self.word(for: type)), and not null")
    case .typeMismatch(let type, let context)?:
      self.init(key: Self.name(context.codingPath), words: "expected \(Self.word(for: type))")
    case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
      self.init(key: Self.name(context.codingPath), words: context.debugDescription)
    case .dataCorrupted(let context)?:
      let cause = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
      self.init(key: nil, words: "it is no JSON document: \((cause ?? context.debugDescription).excerpt)")
    default: self.init(key: nil, words: "it cannot be read: \("\(error)".excerpt)")
    }
  }

  private static func name(_ path: [any CodingKey]) -> String? {
    guard !path.isEmpty else { return nil }
    return path.reduce(into: "") { name, key in
      if let index = key.intValue {
        name += "[\(index)]"
      } else {
        name += (name.isEmpty ? "" : ".") + key.stringValue.excerpt
      }
    }
  }

  private static func word(for type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a whole number"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }
}

// MARK: The document

extension PublicationSummary: Decodable {
  package init(from decoder: any Decoder) throws {
    let document = try Fields(decoder)
    let schema = try document.line("schema")
    guard schema == Self.schema else {
      throw document.flaw("schema", "expected '\(Self.schema)', and not '\(schema.excerpt)'")
    }
    let paths = try document.list("paths", PathPart.self).map(\.path)
    var seen: Set<StorePath> = []
    if let index = paths.firstIndex(where: { !seen.insert($0.path).inserted }) {
      throw document.flaw("paths", "\(paths[index].path) is there twice")
    }
    publication = Publication(
      head: try Self.head(of: document), targets: try document.list("targets", TargetPart.self).map(\.target),
      paths: paths, faults: try document.list("faults", FaultPart.self).map(\.fault),
      cgroup: try document.object(ifAny: "cgroup").flatMap(Self.figures))
  }

  private static func head(of document: Fields) throws -> PublicationHead {
    let own = try document.object("publication")
    let publisher = try document.object("publisher")
    let code = try own.number("exitCode")
    guard let exitCode = UInt8(exactly: code) else {
      throw own.flaw("exitCode", "expected an exit code, from 0 to 255")
    }
    return PublicationHead(
      id: try own.name("id"), started: try own.instant("started"),
      finished: try own.instant(ifAny: "finished"), state: try own.word("state"),
      exitCode: exitCode, program: try own.line("program"),
      publisher: Publisher(
        runner: Runner(
          host: try publisher.line("host"), pod: try publisher.line(ifAny: "pod"),
          processID: Int32(clamping: try publisher.number("process")),
          processStart: try publisher.number("processStart"), bootID: try publisher.line(ifKnown: "boot")),
        nix: try publisher.line(ifKnown: "nix"), system: try publisher.line(ifKnown: "system")),
      occasion: try document.object(ifAny: "occasion").flatMap(occasion),
      destination: try document.object(ifAny: "destination").map(destination),
      shard: try document.object(ifAny: "shard").map { try shard($0, of: document) })
  }

  private static func shard(_ fields: Fields, of document: Fields) throws -> Shard {
    let name = try fields.line("sweep")
    guard let sweep = try? SweepName(parsing: name),
      let shard = Shard(
        sweep: sweep, index: Int(clamping: try fields.number("index")),
        shards: Int(clamping: try fields.number("shards")),
        targets: Int(clamping: try fields.number("targets")),
        list: try fields.line("list"))
    else { throw document.flaw("shard", "it is a shard that there cannot be") }
    return shard
  }

  private static func occasion(_ fields: Fields) throws -> Occasion? {
    Occasion(
      repository: try fields.line(ifAny: "repository"), ref: try fields.line(ifAny: "ref"),
      branch: try fields.line(ifAny: "branch"), revision: try fields.line(ifAny: "revision"),
      pipeline: try fields.line(ifAny: "pipeline"), page: try fields.line(ifAny: "page"))
  }

  private static func destination(_ fields: Fields) throws -> PublicationDestination {
    PublicationDestination(
      kind: try fields.word("kind"), cache: try fields.line(ifAny: "cache"),
      server: try fields.address(ifAny: "server"), readSide: try fields.address(ifAny: "readSide"))
  }

  private static func figures(_ fields: Fields) throws -> CgroupFigures? {
    var figures = CgroupFigures()
    figures.version = try fields.number(ifAny: "version")
    figures.memoryPeak = try fields.number(ifAny: "memoryPeak")
    figures.memoryPeakBefore = try fields.number(ifAny: "memoryPeakBefore")
    figures.memoryLimit = try fields.number(ifAny: "memoryLimit")
    figures.oomKills = try fields.number(ifAny: "oomKills")
    figures.pidsPeak = try fields.number(ifAny: "pidsPeak")
    figures.pidsLimit = try fields.number(ifAny: "pidsLimit")
    return figures == CgroupFigures() ? nil : figures
  }
}

private struct TargetPart: Decodable {
  let target: PublishedTarget

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    target = PublishedTarget(
      installable: try fields.line("installable", longest: Fields.longestInstallable),
      outcome: try fields.word("outcome"),
      derivation: try fields.path(ifAny: "derivation"),
      outputs: try fields.list("outputs", OutputPart.self).map(\.output),
      milliseconds: try fields.number(ifAny: "milliseconds"),
      failure: try fields.object(ifAny: "failure").map { failure in
        PublishedTarget.Failure(kind: try failure.word("kind"), message: try failure.message("message"))
      })
  }
}

private struct OutputPart: Decodable {
  let output: PublishedTarget.Output

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    output = PublishedTarget.Output(name: try fields.line("name"), path: try fields.path("path"))
  }
}

private struct PathPart: Decodable {
  let path: PublishedPath

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    path = PublishedPath(
      path: try fields.path("path"), role: try fields.word("role"), outcome: try fields.word("outcome"),
      published: try fields.word("published"), isServed: try fields.flag(ifAny: "served"),
      servedBy: try fields.address(ifAny: "servedBy"),
      narSize: try fields.number(ifAny: "narSize"))
  }
}

private struct FaultPart: Decodable {
  let fault: PublicationFault

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    let code = try fields.line("code")
    guard let word = PublicationFault.Code(rawValue: code) else {
      throw fields.flaw(
        "code", "expected a word of lower-case letters, digits and dashes, and not '\(code.excerpt)'")
    }
    fault = PublicationFault(
      code: word, path: try fields.path(ifAny: "path"), isFatal: try fields.flag("fatal"),
      message: try fields.message("message"))
  }
}
