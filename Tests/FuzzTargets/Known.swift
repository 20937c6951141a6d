import NixModel

/// What the corpus's narinfo is about, and who signed it.
enum Known {
  static let path = known {
    try StorePath(parsing: "/nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello-2.12.1")
  }
  static let cache = known { try SubstituterURL(parsing: "https://cache.example") }
  /// No test holds the private half.
  static let keys = known {
    TrustedKeys([try PublicKey(parsing: "fuzz-1:GRKZzQsvOFcd6qUDmxfmF8zn2TU+nQVdU1M+NuNO3mU=")])
  }
  /// The only thing that the key ever signed.
  static let fingerprint = known {
    let hash = NarHash("sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73")
    let glibc = try StorePath(parsing: "/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40")
    return hash.map { Fingerprint(path: path, narHash: $0, narSize: 120, references: [path, glibc]) }
  }

  private static func known<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("\(error)") }
  }
}
