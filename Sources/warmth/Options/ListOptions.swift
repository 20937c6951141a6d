import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

/// How a list is given.
struct ListOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many lines at most.", valueName: "number"))
  var limit = 50

  @Option(
    help: ArgumentHelp(
      "Go on behind this place, which the page before names: a run, or a run and a path.",
      valueName: "place"))
  var before: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit must be from 1 to 1000000.")
    }
  }

  /// The place behind which the list goes on.
  func place(in store: EvidenceStore) throws -> ListPlace? {
    guard let before else { return nil }
    let parts = before.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.count > 1 ? try? StorePath(baseName: String(parts[1])) : nil
    guard parts.count == 1 || path != nil else {
      throw Failure(.usage, "'\(before.prefix(200))' is no place of a list; take one that a page ended with")
    }
    guard let run = try reading({ try store.name(of: RunID(String(parts[0]))) }) else {
      throw Failure(
        .usage,
        "there is no run '\(parts[0].prefix(80))' to go on behind; warmth audit runs lists those there are")
    }
    return ListPlace(run: run, path: path)
  }
}

/// As what a result is printed: a table for people, or one of two forms for machines.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Flag(help: "Print the result as CSV (RFC 4180), with a line of column names.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other.") }
  }

  /// Prints the form that was asked for. Nothing goes through a pager, because lists come in pages of their own, and
  /// `| less` scrolls.
  func print<Row>(_ list: Listing<Row>) throws {
    if json { return Console.print(try list.json()) }
    if csv { return Console.print(list.csv()) }
    Console.print(list.table(width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }
}
