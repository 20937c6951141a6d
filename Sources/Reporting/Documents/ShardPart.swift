import NixModel

/// Which part of which sweep a run is about.
struct ShardPart: Encodable {
  let sweep: String
  let shard: Int
  let shards: Int
  let targets: Int
  let list: String

  init(_ shard: Shard) {
    sweep = shard.sweep.text
    self.shard = shard.index
    shards = shard.plan.shards
    targets = shard.plan.targets
    list = Words.line(shard.plan.list)
  }
}
