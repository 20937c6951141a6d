import Evidence
import Foundation
import GRDB

extension EvidenceDigest: DatabaseValueConvertible {
  var databaseValue: DatabaseValue { bytes.databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> EvidenceDigest? {
    Data.fromDatabaseValue(value).flatMap { EvidenceDigest(bytes: $0) }
  }
}
