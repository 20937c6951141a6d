/// The tables, as SQL, step by step. `evidence/schema.sql` holds what they come to, and evidence/README.md
/// explains it. A step that has been published is never changed: stores of every
/// earlier version are brought forward by those that follow.
///
/// Rows are only ever added: a run's own row first, each witness's testimony as it comes, the verdict
/// last, all of it in one transaction. A proof without a row in `conclusion` was cut off; a publication is recorded as
/// a whole.
enum Schema {
  /// The schema's number (`PRAGMA user_version`).
  static let version = steps.count
  /// The first version in which what is recorded is chained.
  static let firstWithChain = 4
  /// Marks the file as ours (`PRAGMA application_id`): "WRMT".
  static let applicationID: Int32 = 0x5752_4D54

  /// What brings a store from each version to the next, from an empty file on.
  static let steps = [
    first, second, tablesOfThird + viewsOfThird + movingToThird, questionsOfFourth + chainOfFourth,
    publicationsOfFifth + shardsOfFifth,
    nixOfSixth + gateOfSixth + presenceOfSixth + strictnessOfSixth,
  ]
}
