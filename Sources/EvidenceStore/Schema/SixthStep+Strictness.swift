extension Schema {
  /// What a run's policy says of means of writing: said at its beginning, and nothing where it is nothing unusual.
  static let strictnessOfSixth =
    """
    CREATE TABLE strictness_row (
      run       INTEGER PRIMARY KEY REFERENCES run (seq),
      strict    INTEGER NOT NULL CHECK (strict IN (0, 1)), -- whether what is good for many things decides
      read_only INTEGER NOT NULL REFERENCES text (id)      -- JSON: what only reads, as somebody says, KIND@PLACE
    ) STRICT;

    CREATE VIEW strictness AS
      SELECT row.run, row.strict, read_only.value AS read_only
      FROM strictness_row AS row JOIN text AS read_only ON read_only.id = row.read_only;

    """ + guards(of: guardedStrictness)

  /// The tables of ``strictnessOfSixth`` whose rows stay as they are.
  static let guardedStrictness = ["strictness_row"]
}
