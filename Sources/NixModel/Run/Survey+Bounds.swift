extension Survey {
  /// How many paths are asked for in a run at most. The largest closures that people have are of some ten thousand.
  public static let mostPaths = 200_000

  /// How many references in a row are followed at most. In nixpkgs they are a few dozen.
  ///
  /// The bound is needed because the holder of a trusted key could sign a closure without end, in which each path refers
  /// to a new one.
  public static let mostInARow = 2000

  /// Both bounds, for a person.
  static let bounds = "a survey ends at \(mostPaths) paths, and at \(mostInARow) references in a row"
}
