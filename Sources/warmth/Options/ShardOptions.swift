import ArgumentParser
import NixModel

/// Which part of the targets a run is about, where others prove the rest.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take only every Nth target, from the Ith on, counted from 0. Needs --sweep.", valueName: "i/n"))
  var shard: Position?

  @Option(
    help: ArgumentHelp(
      "The name of what all shards make together, another for each time. Needs --shard.",
      valueName: "name"))
  var sweep: String?

  /// `0/3`.
  struct Position: ExpressibleByArgument {
    let index: Int
    let count: Int

    init?(argument: String) {
      let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { part in
        // Int reads a sign as well.
        part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(part) : nil
      }
      guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
      (self.index, self.count) = (index, count)
    }
  }

  func validate() throws {
    if (shard == nil) != (sweep == nil) {
      throw ValidationError("--shard and --sweep go together: which part of the list, and of which proof.")
    }
    guard let shard else { return }
    if shard.count == 0 { throw ValidationError("--shard 0/0: a list is split into at least one shard.") }
    if shard.index >= shard.count {
      throw ValidationError(
        "--shard \(shard.index)/\(shard.count): shards are counted from 0 to \(shard.count - 1).")
    }
  }

  /// The part of `list` that is to be proved, and which it is; all of it where there are no shards.
  func parsed(of list: TargetList) throws(Failure) -> (targets: [Installable], shard: Shard?) {
    guard let position = shard, let sweep else { return (list.targets, nil) }
    let name: SweepName
    do { name = try SweepName(parsing: sweep) } catch { throw Failure(.usage, "\(error)") }
    guard let shard = Shard(position.index, of: position.count, of: list, in: name) else {
      throw Failure(
        .usage,
        "--shard \(position.index)/\(position.count): there are only \(list.targets.count) targets, and a shard without any says nothing; name at most \(list.targets.count) shards"
      )
    }
    return (list.part(position.index, of: position.count), shard)
  }
}
