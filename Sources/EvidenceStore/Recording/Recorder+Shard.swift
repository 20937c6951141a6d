import GRDB
import NixModel

extension Recorder {
  func record(_ shard: Shard?, _ seq: Int64) throws {
    guard let shard else { return }
    try Table("shard_row", ["run", "sweep", "shard", "shards", "targets", "list"], db).insert([
      seq, try lexicon.text(shard.sweep.text), shard.index, shard.plan.shards, shard.plan.targets,
      try lexicon.text(shard.plan.list),
    ])
  }
}
