import FuzzTargets
import TestSupport
import Testing

/// A short run; `scripts/fuzz` is the long one.
@Suite struct `Readers of untrusted bytes` {
  @Test(arguments: FuzzTarget.allCases)
  func `keep their promises over what was once found`(target: FuzzTarget) throws {
    let corpus = try Corpus(of: target)
    #expect(!corpus.inputs.isEmpty && !corpus.words.isEmpty)
    for (name, bytes) in corpus.inputs {
      do { try target.attempt(bytes) } catch { Issue.record("\(target)/\(name): \(error)") }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `keep their promises over inputs made at random`(target: FuzzTarget) throws {
    var mutator = Mutator(try Corpus(of: target), longest: 1024, seed: 20_261_121)
    for _ in 0..<Effort.share(of: 400) {
      let input = mutator.next()
      do { try target.attempt(input) } catch {
        Issue.record("\(target) over \(String(decoding: input, as: UTF8.self).debugDescription): \(error)")
        return
      }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `take time in proportion to their input`(target: FuzzTarget) throws {
    var mutator = Mutator(try Corpus(of: target), longest: 512, seed: 1)
    for _ in 0..<Effort.share(of: 40) {
      let input = mutator.next().amplified(to: 4096)
      do { try target.attempt(input) } catch {
        Issue.record("\(target) over \(input.count) bytes: \(error)")
        return
      }
    }
  }
}
