import NixModel
import TestSupport
import Testing

/// What is found by prefixes against what is found without any haste.
@Suite struct `The fast classifier agrees with a slow one` {
  @Test(arguments: 0..<16)
  func `on logs of several speakers`(seed: Int) throws {
    var generator = SpeakerGenerator(seed: 20_261_127 + UInt64(seed))
    for _ in 0..<20 {
      let log = generator.log()
      let slow = ReferenceClassifier(log)
      let fast = Logs.classify(log)
      #expect(names(fast, copies: true) == slow.copied, "\(log)")
      #expect(names(fast, copies: false) == slow.built, "\(log)")
      #expect(fast?.unclear ?? 0 == slow.unclear, "\(log)")
    }
  }

  private func names(_ log: ClassifiedLog?, copies: Bool) -> Set<String> {
    Set(
      (log?.events ?? []).compactMap { event in
        switch event {
        case .copy(let path, _, _): copies ? path.description : nil
        case .build(let path, _, _): copies ? nil : path.description
        case .failure: nil
        }
      })
  }
}

/// Logs in which Nix, builders and others speak, one after the other or at once, through one logger or several.
private struct SpeakerGenerator {
  private var random: SplitMix
  private var number = 0

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// A carriage return and a progress bar are for other tests; so are GitLab's lines, which are put together.
  private static let decorators = Decorator.all.filter {
    !$0.testDescription.contains("progress") && !$0.testDescription.contains("GitLab")
  }

  private static let marks = [
    "qemu> ", "qemu (post)> ", "post-build-hook: ", "       > ", "machine # ", "[1/2] ", "  ", "test: ", "\"",
  ]

  mutating func log() -> String {
    let speakers = (0...chance(3)).map { _ in (pick(Self.decorators), chance(2) == 0 ? "" : pick(Self.marks))
    }
    var log = ""
    var speaker = speakers[0]
    for line in 0..<(8 + chance(40)) {
      if chance(4) == 0 { speaker = pick(speakers) }
      let mark = chance(3) == 0 ? speaker.1 : ""
      for text in texts() {
        log += speaker.0.decorate(line, mark + text) + "\n"
      }
    }
    return log
  }

  private mutating func texts() -> [String] {
    number += 1
    let path = "/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-p\(number)"
    switch chance(8) {
    case 0, 1: return ["copying path '\(path)' from 'https://cache.example'..."]
    case 2: return ["building '\(path).drv'..."]
    case 3: return ["these \(2 + number) derivations will be built:", "  \(path).drv"]
    case 4:
      return [
        "@nix {\"action\":\"start\",\"fields\":[\"\(path).drv\",\"\",1,1],\"id\":\(number),\"type\":105}",
        "@nix {\"action\":\"stop\",\"id\":\(number)}",
      ]
    case 5: return ["  CC  src/it's \(number).o"]
    case 6: return ["copying path_\(number)'s to the output, which no Nix says..."]
    default: return [pick(["", "gcc: 12:30:01", "[1/2] x", "a | b", "it's @nix {", "building things..."])]
    }
  }

  private mutating func chance(_ bound: UInt64) -> Int { Int(random.next(upperBound: bound)) }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[chance(UInt64(values.count))] }
}
