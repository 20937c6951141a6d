/// A bundle: whole runs in one file, to be carried to another store.
///
/// JSON, one canonical line (``CanonicalLine``) for each record:
///
///     {"bundle":"warmth-bundle-1","schema":5}
///     {"entry":"metadata","path":"/nix/store/…","nar_hash":"sha256:…",…}
///     {"entry":"derivation","path":"/nix/store/….drv",…}
///     {"row":"run","id":"20260503T120000Z-4k7xbq",…}
///     {"row":"offer","path":"/nix/store/…","cache":"https://…","position":0,"answer":"<digest>"}
///     {"seal":"20260503T120000Z-4k7xbq","content":"<digest>","derivations":"<digest>"}
///     {"signature":"collector-1:…","run":"20260503T120000Z-4k7xbq"}
///     {"end":"warmth-bundle-1","runs":1}
///
/// An entry is what several runs can share, and is referred to by the SHA-256 of its line, newline included; it
/// comes before what refers to it. The rows of a run follow one another, `run` first, and its seal has the SHA-256
/// of all their lines, and of the lines of the derivations since the seal before it. A signature is over `warmth-run-1;<run>;sha256:<content>`.
enum Bundle {
  static let format = "warmth-bundle-1"
  /// How a bundle begins, which tells it from a database.
  static let beginning = Array(#"{"bundle":"#.utf8)
}
