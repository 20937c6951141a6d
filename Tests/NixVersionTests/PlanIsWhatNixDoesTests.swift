import EndToEndSupport
import Foundation
import Subprocess
import TestSupport
import Testing

/// Random derivations and random caches: what `forecast --plan` says is what `nix build` then builds and copies.
@Suite struct `A plan is what Nix does` {
  /// The expression of a random graph: derivations `d0`, `d1`, … of which each needs outputs of earlier ones, and refers
  /// to some of these.
  private struct Graph {
    let expression: String
    let count: Int
    /// Whether each disallows substitutes.
    let disallowed: [Bool]

    init(of count: Int, using random: inout SplitMix) {
      self.count = count
      var outputs: [[String]] = []
      var disallowed: [Bool] = []
      var lines = ["rec {"]
      for number in 0..<count {
        // Of several outputs of an attribute, versions of Nix choose differently.
        let isTarget = number >= count - 2
        let own = !isTarget && Int.random(in: 0..<3, using: &random) == 0 ? ["out", "dev"] : ["out"]
        // All want the same output of one: where some want others, Nix before 2.30 may lose one that it has copied, and fails
        // ("requires non-existent output").
        let inputs = (0..<number).shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map {
          "d\($0).\(outputs[$0].last ?? "out")"
        }
        let kept = inputs.filter { _ in Bool.random(using: &random) }
        let isDisallowed = Int.random(in: 0..<8, using: &random) == 0
        outputs.append(own)
        disallowed.append(isDisallowed)
        let commands = own.map {
          "echo d\(number) \(kept.map { "${\($0)}" }.joined(separator: " ")) > $\($0)"
        }
        lines.append(
          """
            d\(number) = derivation {
              name = "d\(number)"; system = builtins.currentSystem; builder = "/bin/sh";
              outputs = [ \(own.map { "\"\($0)\"" }.joined(separator: " ")) ];
              inputs = [ \(inputs.joined(separator: " ")) ];
              args = [ "-c" "\(commands.joined(separator: "; "))" ];
              \(isDisallowed ? "allowSubstitutes = false;" : "")
            };
          """)
      }
      self.disallowed = disallowed
      expression = (lines + ["}"]).joined(separator: "\n")
    }
  }

  private struct Plan: Decodable {
    struct Build: Decodable {
      let derivation: String
      let cause: String
    }
    struct Fetch: Decodable { let path: String }
    struct Target: Decodable { let outcome: String }
    let answer: String
    let builds: [Build]
    let fetches: [Fetch]
    let targets: [Target]
  }

  private struct Log: Decodable {
    struct Event: Decodable {
      let kind: String
      let path: String?
      let derivation: String?
    }
    let events: [Event]
  }

  /// Each graph is built and published once. Then some of its narinfos are lost, and some signatures.
  @Test(arguments: 0..<4) func `on random graphs and caches`(seed: Int) async throws {
    let lab = try await Lab.shared
    var random = SplitMix(seed: UInt64(seed) + 17)
    let graph = Graph(of: 14, using: &random)
    let place = lab.scratch("plan")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Data(graph.expression.utf8).write(to: URL(filePath: "\(place)/graph.nix"))
    let publishing = try await Trial(
      arguments: ["--version"],
      before: """
        all=$(seq -f 'd%g' 0 \(graph.count - 1)) && "$NIX" build --no-link -f "$PLACE/graph.nix" $all \
        && "$NIX" copy --all --to "file://$PLACE/cache?secret-key=\(lab.directory)/lab-1.secret&compression=none" \
        || exit 9
        """, environment: ["PLACE": place], configuration: "sandbox = false\nsubstitute = false\n"
    ).run(in: lab)
    try #require(publishing.exit == .exited(0), "\(publishing.errors)")

    for variant in 0..<3 {
      let cache = "\(place)/cache-\(variant)"
      try FileManager.default.copyItem(atPath: "\(place)/cache", toPath: cache)
      for file in try FileManager.default.contentsOfDirectory(atPath: cache).sorted() {
        guard file.hasSuffix(".narinfo") else { continue }
        let text = try String(contentsOfFile: "\(cache)/\(file)", encoding: .utf8)
        // Whoever disallows substitutes does not publish: a path that both is built and can be copied is a race.
        let number = text.firstMatch(of: /StorePath: .*-d([0-9]+)(?:-dev)?\n/).flatMap { Int($0.1) } ?? 0
        if graph.disallowed[number] || Int.random(in: 0..<10, using: &random) < variant * 2 {
          try FileManager.default.removeItem(atPath: "\(cache)/\(file)")
        } else if Int.random(in: 0..<10, using: &random) < variant {
          let unsigned = text.split(separator: "\n").filter { !$0.hasPrefix("Sig:") }.joined(separator: "\n")
          try Data("\(unsigned)\n".utf8).write(to: URL(filePath: "\(cache)/\(file)"))
        }
      }
      try await compare(lab, place, cache, ["d\(graph.count - 1)", "d\(graph.count - 2)"], seed, variant)
    }
  }

  private func compare(
    _ lab: Lab, _ place: String, _ cache: String, _ targets: [String], _ seed: Int, _ variant: Int
  ) async throws {
    let result = try await Trial(
      arguments: ["classify", "--json", "\(cache)/nix.log"],
      before: """
        { "$WARMTH" forecast --plan --json --nix "$NIX" -f "$PLACE/graph.nix" \(targets.joined(separator: " ")) \
        > "$CACHE/plan.json"; [ $? -le 2 ]; } \
        && "$NIX" build --no-link -f "$PLACE/graph.nix" \(targets.joined(separator: " ")) -v \
        --log-format internal-json 2> "$CACHE/nix.log" \
        || { grep '"level":0' "$CACHE/nix.log" | tail -3 >&2; false; }
        """, environment: ["PLACE": place, "CACHE": cache, "WARMTH": lab.warmth],
      configuration: """
        sandbox = false
        substitute = true
        substituters = file://\(cache)
        trusted-public-keys = \(lab.publicKey)

        """
    ).run(in: lab)
    try #require(result.exit == .exited(0), "seed \(seed), variant \(variant): \(result.errors)")
    let text = try String(contentsOfFile: "\(cache)/plan.json", encoding: .utf8)
    let plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8))
    let log = try JSONDecoder().decode(Log.self, from: Data(result.output.utf8))
    let built = Set(log.events.filter { $0.kind == "build" }.compactMap(\.derivation))
    let copied = Set(log.events.filter { $0.kind == "copy" }.compactMap(\.path))
    let place = "seed \(seed), variant \(variant)"
    #expect(Set(plan.builds.map(\.derivation)) == built, "\(place)")
    #expect(Set(plan.fetches.map(\.path)) == copied, "\(place)")
    #expect(plan.answer == (built.isEmpty ? "yes" : "no"), "\(place)")
  }
}
