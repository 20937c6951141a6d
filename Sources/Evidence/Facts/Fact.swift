/// A row of a search table. These tables repeat the facts of entries, so that SQL can search them.
package struct Fact: Sendable {
  package let table: FactTable
  /// A value for each of the table's columns but `entry`.
  package let cells: [Cell]

  package init(_ table: FactTable, _ cells: [Cell]) {
    self.table = table
    self.cells = cells
  }
}

/// One value of a row.
package enum Cell: Sendable {
  case null
  case number(Int64)
  /// A text that stands in the row itself.
  case word(String)
  /// A text that the row refers to by its id.
  case text(String)

  package static func text(ifAny text: String?) -> Cell { text.map { .text($0) } ?? .null }
  package static func word(ifAny text: String?) -> Cell { text.map { .word($0) } ?? .null }
  package static func number(ifAny number: (some BinaryInteger)?) -> Cell {
    number.map { .number(Int64(clamping: $0)) } ?? .null
  }
}

/// The search tables whose rows belong to one entry each, and their columns besides `entry`.
package enum FactTable: String, CaseIterable, Sendable {
  case runner, asked, occasion, environment, target, path_outcome, judged, output, ground, realization,
    concluded,
    publication, published_target, published_path, publication_fault, sighting

  package var columns: [String] {
    switch self {
    case .runner: ["started", "host", "pod"]
    case .asked: ["position", "installable", "attribute", "spec"]
    case .occasion: ["repository", "ref", "branch", "revision", "pipeline", "page"]
    case .environment: ["nix", "system"]
    case .target: ["position", "installable", "attribute", "spec", "system"]
    case .path_outcome: ["path", "outcome", "origin"]
    case .judged:
      [
        "position", "installable", "verdict", "derivation", "origins", "bytes", "reasons", "is_reached",
      ]
    case .output: ["target", "position", "name", "path", "outcome", "origin", "nar_size"]
    case .ground: ["target", "position", "code", "bearing", "path"]
    case .realization: ["milliseconds"]
    case .concluded:
      [
        "finished", "verdict", "paths", "substituted", "built_locally", "built_remotely", "present_before",
        "download_bytes",
      ]
    case .publication:
      [
        "finished", "state", "exit_code", "program", "nix", "system", "kind", "cache", "server", "read_side",
        "memory_peak", "oom_kills",
      ]
    case .published_target: ["position", "installable"]
    case .published_path: ["path", "role", "outcome", "published", "served", "nar_size"]
    case .publication_fault: ["position", "code"]
    case .sighting: ["path"]
    }
  }
}

/// A word by which a record is found.
package struct Mark: Hashable, Sendable {
  package let kind: Kind
  package let word: String

  package enum Kind: String, Hashable, Sendable {
    /// A target that was asked for, by its whole name or its attribute alone.
    case target
    /// A ref, branch or revision.
    case ref
    /// A host or pod.
    case runner
    /// A path that a target evaluated to.
    case output
    /// A run's own verdict.
    case verdict
    /// A target that was warm.
    case warm
    /// A reason's code.
    case reason
    /// A cache that a path was copied from.
    case from
    /// A sweep that the run is a shard of.
    case sweep
  }
}
