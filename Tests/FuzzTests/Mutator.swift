import TestSupport

/// Makes inputs out of a corpus, the same ones for the same seed.
struct Mutator {
  private let inputs: [[UInt8]]
  private let words: [[UInt8]]
  private let longest: Int
  private var generator: SplitMix

  init(_ corpus: Corpus, longest: Int, seed: UInt64) {
    inputs = corpus.inputs.map(\.bytes)
    words = corpus.words
    self.longest = longest
    generator = SplitMix(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var input = inputs.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&input) }
    return Array(input.prefix(longest))
  }

  private mutating func mutate(_ input: inout [UInt8]) {
    let start = Int.random(in: 0...input.count, using: &generator)
    let end = min(input.count, start + Int.random(in: 0...24, using: &generator))
    switch Int.random(in: 0..<8, using: &generator) {
    case 0 where start < input.count: input[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: input.insert(UInt8.random(in: 0...255, using: &generator), at: start)
    case 2, 3: input.insert(contentsOf: words.randomElement(using: &generator) ?? [], at: start)
    case 4: input.replaceSubrange(start..<end, with: words.randomElement(using: &generator) ?? [])
    case 5: input.removeSubrange(start..<end)
    case 6:
      let count = Int.random(in: 1...40, using: &generator)
      input.insert(contentsOf: repeatElement(input[start..<end], count: count).joined(), at: end)
    default:
      let other = inputs.randomElement(using: &generator) ?? []
      input.replaceSubrange(start..., with: other.suffix(Int.random(in: 0...other.count, using: &generator)))
    }
  }
}
