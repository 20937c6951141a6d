import ArgumentParser
import NixModel

/// Whose signatures under runs count.
struct TrustOptions: ParsableArguments {
  @Option(
    name: [.customLong("signed-by"), .customLong("trusted-key")],
    help: ArgumentHelp(
      "Take only runs signed with this key, as warmth key generate printed it. Repeatable.", valueName: "key")
  )
  var texts: [String] = []

  func parsed() throws(Failure) -> [PublicKey] {
    do { return try texts.map { try PublicKey(parsing: $0) } } catch { throw Failure(.usage, "\(error)") }
  }
}
