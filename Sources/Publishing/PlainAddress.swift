import NixModel

/// Addresses that go into configuration files, reports and logs. So none may end a line there or hold a password.
enum PlainAddress {
  /// Parses the value of `option`, an address of one of `schemes`. Final slashes are left out.
  ///
  /// - Throws: ``Refusal``, which quotes nothing of the address.
  static func parse(_ text: String, of option: String, _ schemes: [String]) throws(Refusal) -> SubstituterURL
  {
    guard let scheme = schemes.first(where: { text.hasPrefix("\($0)://") }) else {
      throw Refusal(
        "\(option) wants a URL that begins with one of \(schemes.joined(separator: ", ")), and ://")
    }
    let authority = text.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
    if let user = authority.lastIndex(of: "@"),
      !scheme.hasPrefix("ssh") || authority[..<user].contains(":")
    {
      throw Refusal(
        "\(option) holds a user name or a password; a URL is shown and stored, so it must have none")
    }
    guard text.wholeMatch(of: /[\]\[A-Za-z0-9._~:\/?#@!$&()*+,;=%-]+/) != nil else {
      throw Refusal("\(option) holds characters that no URL has")
    }
    var text = text
    while text.last == "/" { text.removeLast() }
    do { return try SubstituterURL(parsing: text) } catch { throw Refusal("\(option): \(error)") }
  }
}
