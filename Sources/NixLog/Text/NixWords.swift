/// Finds Nix's own words within a line.
enum NixWords {
  /// Where they begin, behind at least one other byte; `nil` where there are none.
  ///
  /// Nearly every line has none, which its last byte or the lack of a quote tells.
  static func start(in text: UnsafeRawBufferPointer) -> Int? {
    guard let last = text.last else { return nil }
    let isRecord = last == UInt8(ascii: "}")
    if isRecord, let start = first(of: records, in: text) { return start }
    if text.firstIndex(of: UInt8(ascii: "'"), in: 0..<text.count) != nil {
      let step = last == UInt8(ascii: ".") ? first(of: steps, in: text) : nil
      return step ?? first(of: complaints, in: text)
    }
    return last == UInt8(ascii: ":") ? first(of: plans, in: text) : nil
  }

  private static let records: [StaticString] = ["@nix {\"action\":\"", "{\"action\":\""]
  private static let steps: [StaticString] = [
    "copying path '", "building '", "downloading '", "querying info about '", "checking outputs of '",
    "repairing outputs of '", "resolved derivation: '",
  ]
  private static let complaints: [StaticString] = [
    "error: ", "warning: ", "don't know how to build these paths", "unable to download '", "file 'nar/",
    "hash mismatch importing path '", "asked '",
  ]
  private static let plans: [StaticString] = [
    "these ", "this derivation will be built:", "this path will be fetched (",
  ]

  private static func first(of words: [StaticString], in text: UnsafeRawBufferPointer) -> Int? {
    for word in words {
      var from = 1
      while let start = text.firstIndex(of: word.utf8Start[0], in: min(from, text.count)..<text.count) {
        if UnsafeRawBufferPointer(rebasing: text[start...]).begins(with: word) { return start }
        from = start + 1
      }
    }
    return nil
  }
}
