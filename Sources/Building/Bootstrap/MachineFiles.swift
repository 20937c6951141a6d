import BuilderResources

/// The files of `Sources/BuilderResources/machine`, as they were when this program was built.
public enum MachineFiles {
  /// Their texts, by name.
  public static let all: [String: String] = {
    let files = UnsafeBufferPointer(start: warmth_builder_files(), count: warmth_builder_file_count())
    return Dictionary(
      uniqueKeysWithValues: files.map { file in
        let bytes = UnsafeBufferPointer(start: file.bytes, count: file.size)
        return (String(cString: file.name), String(decoding: bytes, as: UTF8.self))
      })
  }()
}
