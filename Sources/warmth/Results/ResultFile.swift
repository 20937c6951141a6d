import Machine

/// A result that goes into a file of its own where one is named, as a whole or not at all.
struct ResultFile {
  /// The file after `--output`.
  let path: String
  /// Its content in a few words: "the figures".
  let content: String
  let evidence: EvidenceOptions

  /// Refuses a path that is one of the command's other files.
  ///
  /// - Parameter others: adds further files that the command reads.
  func check(besides others: (inout FilesApart) -> Void = { _ in }) throws {
    var files = FilesApart(evidence: evidence.path)
    others(&files)
    files.replace(path, as: "--output")
    try files.check()
  }

  /// Writes the file, and prints its path.
  func write(_ text: String) throws {
    do { try OutputFile(path).replace(with: text) } catch {
      throw Failure(.resultMissing, "\(content) cannot be written to '\(path)': \(error)")
    }
    Console.print("\(path)\n")
  }
}
