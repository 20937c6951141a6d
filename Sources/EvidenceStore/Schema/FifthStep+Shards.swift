extension Schema {
  /// Which runs are parts of one sweep: said at a run's beginning, and testimony like any other.
  static let shardsOfFifth =
    """
    CREATE TABLE shard_row (
      run     INTEGER PRIMARY KEY REFERENCES run (seq),
      sweep   INTEGER NOT NULL REFERENCES text (id),
      shard   INTEGER NOT NULL CHECK (shard >= 0),
      shards  INTEGER NOT NULL CHECK (shards > shard),
      targets INTEGER NOT NULL CHECK (targets >= shards), -- of the whole list
      list    INTEGER NOT NULL REFERENCES text (id)       -- the SHA-256 of the whole list
    ) STRICT;

    CREATE INDEX shard_row_sweep ON shard_row (sweep);

    CREATE VIEW shard AS
      SELECT row.run, sweep.value AS sweep, row.shard, row.shards, row.targets, list.value AS list
      FROM shard_row AS row
      JOIN text AS sweep ON sweep.id = row.sweep JOIN text AS list ON list.id = row.list;

    """ + guards(of: guardedShards)

  /// The tables of ``shardsOfFifth`` whose rows stay as they are.
  static let guardedShards = ["shard_row"]
}
