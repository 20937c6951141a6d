import NixModel

extension FuzzTarget {
  static func derivation(_ bytes: [UInt8]) throws(BrokenPromise) {
    let planted = Planted.into(bytes)
    do {
      let derivation = try Derivation(parsing: planted)
      for case let path? in derivation.outputs.values {
        try expect((try? StorePath(parsing: path.description)) == path, "an output is a store path")
      }
      let traits = derivation.traits
      for text in [traits.package, traits.version, traits.fixedHash] {
        try expect((text ?? "").utf8.count <= 160, "what is kept of a value is short")
        try expect(
          !Planted.isShown(by: text ?? "") || Planted.isIn(bytes), "what is kept of a value is no password")
      }
    } catch let error as DerivationError {
      try expect((0...planted.count).contains(error.offset), "an error is in the file")
      try expectPresentable(error.description, of: bytes)
    } catch let error as BrokenPromise {
      throw error
    } catch {
      throw BrokenPromise(description: "the error is a DerivationError")
    }
    try expectStringsToSurvive(bytes)
  }

  /// Any strings, written as Nix writes them, are read as they were.
  private static func expectStringsToSurvive(_ bytes: [UInt8]) throws(BrokenPromise) {
    let strings = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let name = strings[0]
    let system = strings.last ?? ""
    let arguments = strings.map { $0.quotedAsTerm }.joined(separator: ",")
    let text =
      "Derive([(\(name.quotedAsTerm),\"\(Known.path)\",\"\",\"\")],[],[],\(system.quotedAsTerm),\"b\",[\(arguments)],"
      + "[(\"allowSubstitutes\",\(system.quotedAsTerm))])"
    guard let derivation = try? Derivation(parsing: Array(text.utf8)) else {
      throw BrokenPromise(description: "what is written as Nix writes it is read: \(text.debugDescription)")
    }
    try expect(derivation.outputs == [name: Known.path], "an output keeps its name")
    try expect(derivation.system == system, "a system is read as it was written")
    try expect(derivation.allowsSubstitutes == !system.isEmpty, "a setting is read as it was written")
  }
}

extension String {
  fileprivate var quotedAsTerm: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
