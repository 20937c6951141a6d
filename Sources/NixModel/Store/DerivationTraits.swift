import Crypto
import Foundation

extension Derivation.Traits {
  /// The record of a builder's program, arguments and environment.
  init(builder: String, arguments: [String], environment: [String: String], in directory: StoreDirectory) {
    let print = Fingerprinter(directory: directory)
    var fingerprints = environment.mapValues(print.fingerprint)
    fingerprints["builder"] = print.fingerprint(builder)
    fingerprints["args"] = print.fingerprint(arguments.joined(separator: "\0"))
    // These change with everything else, and say nothing by themselves.
    for name in ["out", "name", "pname", "version", "outputHash", "system"] { fingerprints[name] = nil }
    func short(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty || $0.utf8.count > 128 ? nil : Redaction.redact($0) }
    }
    self.init(
      package: short("pname"), version: short("version"), fixedHash: short("outputHash"),
      fingerprints: fingerprints)
  }
}

/// Tells values apart without keeping them.
private struct Fingerprinter {
  let prefix: [UInt8]

  init(directory: StoreDirectory) { prefix = Array("\(directory.path)/".utf8) }

  /// 24 bits of the value's SHA-256, with every store path in it as one word: enough to tell that a value changed.
  func fingerprint(_ value: String) -> String {
    var hash = SHA256()
    var value = value
    value.withUTF8 { bytes in
      var rest = bytes[...]
      prefix.withUnsafeBufferPointer { prefix in
        while let start = String.offset(of: prefix, in: UnsafeBufferPointer(rebasing: rest)) {
          let end = rest.startIndex + start + prefix.count
          hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest[..<end])))
          rest = rest[end...].drop(while: StorePath.isNameByte)
        }
      }
      hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest)))
    }
    return hash.finalize().prefix(3).base16
  }
}
