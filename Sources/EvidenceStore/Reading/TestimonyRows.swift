import GRDB

// The rows of the witnesses as they are stored: properties are named like columns. Columns that a later step
// of the schema added are optional: what was recorded before has nothing there.

// swift-format-ignore: AlwaysUseLowerCamelCase
struct EnvironmentRow: Decodable, FetchableRecord {
  let nix, system, store: String
  let substitutes: Bool
  let sandbox, sandbox_cause, nix_sandbox: String?
  let always_substitutes: Bool?
}

struct MeansRow: Decodable, FetchableRecord { let detail: String }

struct SettingRow: Decodable, FetchableRecord { let name, place: String }

struct SubstituterRow: Decodable, FetchableRecord { let url: String }

struct KeyRow: Decodable, FetchableRecord { let key: String }

struct TargetRow: Decodable, FetchableRecord {
  let position: Int
  let installable: String
  let derivation, system, error, spec: String?
}

struct OutputRow: Decodable, FetchableRecord {
  let target: Int
  let name, path: String
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct DerivationRow: Decodable, FetchableRecord {
  let system, outputs, inputs, sources, traits: String
  let allows_substitutes: Bool
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct PresenceRow: Decodable, FetchableRecord {
  let path: String
  let valid, on_disk: Bool
}

struct BaselineRow: Decodable, FetchableRecord {
  let number: Int64?
  let listed: Int?
}

struct PresentRow: Decodable, FetchableRecord {
  let since: String
  let number: Int64?
  let registration: RegistrationRow

  private enum CodingKeys: CodingKey { case since, number }

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    since = try row.decode(String.self, forKey: .since)
    number = try row.decodeIfPresent(Int64.self, forKey: .number)
    registration = try RegistrationRow(from: decoder)
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct RegistrationRow: Decodable, FetchableRecord {
  let path, nar_hash, signatures, refs: String
  let nar_size: Int64
  let ultimate: Bool
  let content_address: String?
}

struct CacheRow: Decodable, FetchableRecord {
  let url, state: String
  let priority, status: Int?
  let cause: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct OfferRow: Decodable, FetchableRecord {
  let path, cache, answer: String
  let status: Int?
  let cause, nar_hash, url, compression, refs, deriver, signatures, content_address, nar, flaw: String?
  let nar_size, file_size, nar_bytes: Int64?
}

struct LogEventRow: Decodable, FetchableRecord {
  let line: Int
  let kind: String
  let path, derivation, source, machine, text, subject: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct RealizationRow: Decodable, FetchableRecord {
  let ending: String
  let code, evaluation_lines, milliseconds: Int?
  let at, cause: String?
  let lines, bytes, unreadable: Int
  let dropped: Int?
}

struct TransferRow: Decodable, FetchableRecord {
  let cache: String
  let milliseconds: Int
}
