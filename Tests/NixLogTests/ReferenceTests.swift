import Foundation
import NixLog
import NixModel
import TestSupport
import Testing

/// The fast reader against a slow, strict one made of Foundation's JSON parser.
@Suite struct `The fast reader agrees with a slow one` {
  @Test(arguments: Logs.versions, ["warm", "missing-nar", "unsigned", "forged", "failed"])
  func `on recorded logs`(version: String, scenario: String) throws {
    let bytes = try Logs.fixture("\(version)/\(scenario).json")
    let (events, _) = Logs.read(bytes)
    #expect(builds(events) == Reference.builds(bytes))
    #expect(!Reference.types(bytes).isEmpty)
  }

  @Test func `on generated lines in every spelling`() {
    var generator = SplitMix(seed: 20_261_121)
    var bytes: [UInt8] = []
    for _ in 0..<20_000 { bytes += Generator.line(&generator) }
    let (events, reader) = Logs.read(bytes, inPiecesOf: 8191)
    #expect(reader.lines == 20_000)
    let expected = Reference.builds(bytes)
    #expect(expected.count > 1000)
    #expect(builds(events) == expected)
  }

  /// Builds are decided by one record alone, so a reference needs no state.
  private func builds(_ events: [LogEvent]) -> [String] {
    events.compactMap { event in
      guard case .buildStarted(let derivation) = event.kind else { return nil }
      return "\(event.line) \(derivation)"
    }
  }
}

private enum Reference {
  static func builds(_ bytes: [UInt8]) -> [String] {
    records(bytes).compactMap { line, record in
      guard record["action"] as? String == "start", (record["type"] as? NSNumber)?.intValue == 105,
        record["id"] is NSNumber, let fields = record["fields"] as? [Any], fields.count >= 2,
        let derivation = fields[0] as? String, fields[1] as? String == "",
        (try? StorePath(parsing: derivation)) != nil
      else { return nil }
      return "\(line) \(derivation)"
    }
  }

  static func types(_ bytes: [UInt8]) -> Set<Int> {
    Set(records(bytes).compactMap { ($0.1["type"] as? NSNumber)?.intValue })
  }

  private static func records(_ bytes: [UInt8]) -> [(Int, [String: Any])] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
      .compactMap { index, line in
        guard line.hasPrefix("@nix "),
          let object = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(5).utf8)) as? [String: Any]
        else { return nil }
        return (index + 1, object)
      }
  }
}

/// Records with their keys in any order, white space in any place, and strings escaped in any way.
private enum Generator {
  static func line(_ generator: inout SplitMix) -> [UInt8] {
    let space = { (generator: inout SplitMix) in
      String(repeating: " ", count: Int.random(in: 0...2, using: &generator))
    }
    let hash = String((0..<32).map { _ in "0123456789abcdfg".randomElement(using: &generator) ?? "0" })
    let actions = ["start", "start", "start", "stop", "result", "msg", "other"]
    let action = actions.randomElement(using: &generator) ?? "start"
    let machine = Bool.random(using: &generator) ? "" : "ssh://b"
    var members = [
      "\"action\":\(quoted(action, &generator))",
      "\"id\":\(UInt32.random(in: 0...99_999, using: &generator))",
      "\"type\":\([100, 101, 105, 105, 105, 108].randomElement(using: &generator) ?? 105)",
      "\"fields\":[\(quoted("/nix/store/\(hash)-a.drv", &generator)),\(quoted(machine, &generator)),1,1]",
      "\"level\":3", "\"text\":\(quoted("a \"text\"\n😀", &generator))",
      "\"nested\":{\"type\":[105,{}],\"action\":\"start\"}",
    ]
    members.shuffle(using: &generator)
    return Array(
      "@nix {\(members.map { space(&generator) + $0 + space(&generator) }.joined(separator: ","))}\n".utf8)
  }

  private static func quoted(_ text: String, _ generator: inout SplitMix) -> String {
    var quoted = "\""
    for unit in text.utf16 {
      let plain = unit >= 0x20 && unit < 0x7F && unit != 0x22 && unit != 0x5C
      if plain, Int.random(in: 0..<8, using: &generator) > 0 {
        quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      } else {
        quoted +=
          "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16)
      }
    }
    return quoted + "\""
  }
}
