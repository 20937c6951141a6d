extension String {
  /// The text as a shell takes it for one word: quoted where it has to be.
  public var shellWord: String {
    let isPlain = utf8.allSatisfy { byte in
      StorePath.isNameByte(byte) && byte != UInt8(ascii: "?") || "/:#^,@%".utf8.contains(byte)
    }
    return isPlain && !isEmpty && !hasPrefix("#") ? self : "'\(replacing("'", with: #"'\''"#))'"
  }
}
