import GRDB
import NixModel

extension Recorder {
  func record(_ occasion: Occasion?, _ seq: Int64) throws {
    guard let occasion else { return }
    try Table(
      "occasion_row", ["run", "repository", "ref", "branch", "revision", "pipeline", "page"], db
    ).insert(
      [seq]
        + [
          occasion.repository, occasion.ref, occasion.branch, occasion.revision, occasion.pipeline,
          occasion.page,
        ].map { try lexicon.text(ifAny: $0.map { Redaction.redact($0) }) })
    try index("occasion_row", seq)
  }
}
