/// The word that a misspelt one may stand for.
public enum Suggestion {
  /// `; did you mean 'x'?`, where `text` is near to one of `words`; nothing else.
  public static func clause(for text: String, among words: [String]) -> String {
    nearest(to: text, among: words).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The word that `text` is a misspelling of: the one that takes the fewest changes of a letter, and no more than a
  /// third of its letters.
  static func nearest(to text: String, among words: [String]) -> String? {
    let typed = Array(text.lowercased().replacing("_", with: "-"))
    // A key that is longer than any misspelling is not measured.
    guard typed.count <= 64 else { return nil }
    let measured = words.map { (word: $0, distance: distance(typed, Array($0))) }
    return measured.filter { $0.distance <= max(1, $0.word.count / 3) }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
  }

  /// Insertions, removals and replacements of letters, and exchanges of neighbours, that make one of the other (optimal
  /// string alignment: Damerau, 1964).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var above = [Int](repeating: 0, count: right.count + 1)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var next = [i + 1]
      for (j, other) in right.enumerated() {
        var least = min(row[j] + (character == other ? 0 : 1), next[j] + 1, row[j + 1] + 1)
        if i > 0, j > 0, character == right[j - 1], other == left[i - 1] {
          least = min(least, above[j - 1] + 1)
        }
        next.append(least)
      }
      (above, row) = (row, next)
    }
    return row[right.count]
  }
}
