/// Takes credentials out of text before it is stored or shown.
///
/// Nix prints the user name and password of a URL into its log and its errors
/// (`copying path '…' from 'http://user:password@cache'`), so everything that comes from Nix, from a
/// configuration or from a person passes through here first.
public enum Redaction {
  /// What stands where a credential was.
  public static let mark = "***"

  /// `text` with the user information of every URL replaced by ``mark``, as well as the values of
  /// query parameters that hold secrets (`secret-key=…`).
  public static func redact(_ text: String) -> String {
    // Most texts hold neither sign of a credential, and cost one pass over their bytes.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "=") }) else {
      return text
    }
    return
      text
      .replacing(#/(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\/\s'"<>@]*(?:@[^\/\s'"<>@]*)*@/#) { match in
        "\(match.scheme)\(mark)@"
      }
      .replacing(#/(?<name>secret-key|access_token|token|password)=[^&\s'"]+/#) { "\($0.name)=\(mark)" }
  }
}
