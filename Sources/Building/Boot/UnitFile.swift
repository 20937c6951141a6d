/// A unit of systemd. Values are written so that systemd reads them as they are here.
public struct UnitFile: Hashable, Sendable {
  /// The file's text.
  public private(set) var text = ""

  init(_ sections: (name: String, settings: [Setting])...) {
    text = sections.map { section in
      "[\(section.name)]\n" + section.settings.map { "\($0.key)=\($0.value)\n" }.joined()
    }.joined()
  }

  /// A line of a section.
  struct Setting: Hashable {
    let key: String
    let value: String

    /// A value in which `%` would begin a specifier, and a line's end would begin another setting.
    init(_ key: String, _ value: String) {
      self.key = key
      self.value = UnitFile.withoutSpecifiers(value)
    }

    private init(key: String, value: String) { (self.key, self.value) = (key, value) }

    /// A value with a specifier or variable of systemd's own, such as `%S`.
    static func specified(_ key: String, _ value: String) -> Setting { Setting(key: key, value: value) }

    /// A command: each word is quoted, and nothing in it is replaced.
    ///
    /// Source: systemd, `systemd.service(5)`, "Command lines".
    static func command(_ key: String, _ words: [String]) -> Setting {
      Setting(
        key: key,
        value: words.map { word in
          let escaped = UnitFile.withoutSpecifiers(word).replacing("\\", with: "\\\\")
            .replacing("\"", with: "\\\"").replacing("$", with: "$$")
          return "\"\(escaped)\""
        }.joined(separator: " "))
    }
  }

  private static func withoutSpecifiers(_ value: String) -> String {
    value.replacing("%", with: "%%").replacing("\r", with: " ").replacing("\n", with: " ")
  }
}
