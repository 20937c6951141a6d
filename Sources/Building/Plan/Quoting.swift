import Foundation

extension String {
  /// The text as one word of a POSIX shell.
  var shellWord: String { "'" + replacing("'", with: "'\\''") + "'" }

  /// The text as a string of Nix's language.
  var nixString: String {
    let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("${", with: "\\${")
      .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    return "\"\(escaped)\""
  }

  /// The text's bytes in base 64.
  var base64: String { Data(utf8).base64EncodedString() }
}
