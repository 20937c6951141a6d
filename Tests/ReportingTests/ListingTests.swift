import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

/// A list in its three forms.
private struct Forms {
  let json: String
  let csv: String
  let table: String

  init<Row>(_ list: Listing<Row>) throws {
    json = try list.json()
    csv = list.csv()
    table = list.table()
  }

  static func of(_ name: String) throws -> Forms {
    let now = Make.instant(10_800)
    let last = ListPlace(run: RunID("run-1"))
    return switch name {
    case "runs": try Forms(.runs(Page(SampleLists.runs(), last: last), now: now))
    case "empty-runs": try Forms(.runs(Page([]), now: now, isFiltered: true))
    case "paths":
      try Forms(.paths(Page(SampleLists.paths(SampleLists.publication()) + [SampleLists.cutOff()]), now: now))
    case "empty-paths": try Forms(.paths(Page([]), now: now))
    case "caches": try Forms(.caches(SampleLists.sums(), now: now))
    case "history":
      try Forms(.history(Page(SampleLists.history(), last: last), of: "libguestfs", now: now))
    case "regressions": try Forms(.regressions(SampleLists.regressions(), now: now))
    default: try Forms(.publications(Page(SampleLists.publications(), last: last), now: now))
    }
  }

  /// The objects of the document's rows, each with the keys of its parts as if they were its own.
  func objects(_ key: String) throws -> [[String: String]] {
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let rows = try #require(document?[key] as? [[String: Any]])
    return rows.map { row in
      row.reduce(into: [:]) { object, field in
        guard let part = field.value as? [String: Any] else {
          return object[field.key] = Self.text(field.value)
        }
        for (key, value) in part where row[key] == nil { object[key] = Self.text(value) }
      }
    }
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let number as NSNumber:
      String(cString: number.objCType) == "c" ? "\(number.boolValue)" : "\(number)"
    case let texts as [String]: texts.joined(separator: " ")
    case is NSNull: ""
    default: "\(value)"
    }
  }
}

/// `WARMTH_WRITE_SNAPSHOTS=1 scripts/test 'A list, in its three forms'` writes the snapshots anew.
@Suite struct `A list, in its three forms` {
  @Test(arguments: [
    "runs", "paths", "caches", "history", "regressions", "publications", "empty-runs", "empty-paths",
  ])
  func `looks as it is kept`(name: String) throws {
    let forms = try Forms.of(name)
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Lists")
    for (form, text) in [("json", forms.json), ("csv", forms.csv), ("txt", forms.table)] {
      let file = folder.appending(path: "\(name).\(form)")
      if ProcessInfo.processInfo.environment["WARMTH_WRITE_SNAPSHOTS"] != nil {
        try Data(text.utf8).write(to: file)
      }
      #expect(try Data(text.utf8) == Data(contentsOf: file), "\(text)")
    }
  }

  /// Each list with the key of its rows, and the columns that its CSV has beside the keys of the document, or by other
  /// names.
  @Test(arguments: [
    (
      "runs", "runs",
      [
        "run", "paths", "substituted", "built_locally", "built_remotely", "present_before", "download_bytes",
      ]
    ),
    ("paths", "paths", ["nar_bytes"]),
    (
      "caches", "caches",
      [
        "paths_of_all", "bytes_of_all", "failing_runs", "copying_milliseconds", "timed_download_bytes",
      ]
    ),
    ("history", "runs", []), ("publications", "publications", ["publication"]),
    (
      "regressions", "regressions",
      ["first_run", "first_started", "last_warm_run", "last_warm_started", "cause", "path", "relation"]
    ),
  ])
  func `has the same rows and columns`(name: String, key: String, others: [String]) throws {
    let forms = try Forms.of(name)
    let objects = try forms.objects(key)
    let table = forms.table.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
    #expect(table.count == objects.count + 1)
    let lines = forms.csv.split(separator: "\r\n").map { fields(of: $0) }
    #expect(lines.count == objects.count + 1)
    let names = lines[0]
    let keys = Set(objects.flatMap(\.keys))
    let key = { (name: String) in keys.first { $0.underscored == name } }
    #expect(names.filter { key($0) == nil } == others.filter { key($0) == nil })
    #expect(Set(others).isSubset(of: names))
    for (object, line) in zip(objects, lines.dropFirst()) {
      #expect(line.count == names.count)
      // Texts are compared where they need no quotes, and where no list of objects stands in one form alone.
      for (name, field) in zip(names, line) where !others.contains(name) {
        guard let key = key(name), !["targets", "changes", "runs", "started", "run"].contains(key) else {
          continue
        }
        let value = object[key] ?? ""
        if value.allSatisfy({ $0.isLetter || $0.isNumber || "-./: #".contains($0) }) {
          #expect(field == value, "\(name)")
        }
      }
    }
  }

  /// The fields of a line of CSV.
  private func fields(of line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
