extension Survey.Answer.Kind {
  /// The answer that a cache gives with a narinfo: an offer, where Nix would take it.
  ///
  /// Nix refuses a signed narinfo with an untrue content address, and one with an unreadable signature of a
  /// trusted key. Both are reported only of a narinfo that would be an offer otherwise. Without a signature
  /// by a trusted key, the missing signature is the fault to mend.
  public init(
    narinfo text: [UInt8], for path: StorePath, from cache: SubstituterURL, trusting keys: TrustedKeys,
    knowing known: ([UnsafeBufferPointer<UInt8>]) -> [StorePath?] = { $0.map { _ in nil } }
  ) {
    do throws(NarinfoError) {
      let reading = try NarinfoReader.read(text, for: path, knowing: known)
      let narinfo = reading.narinfo
      guard narinfo.isWithin(cache) else {
        throw NarinfoError(line: nil, flaw: .elsewhere(url: narinfo.url.excerpt))
      }
      guard let verified = VerifiedNarinfo(narinfo, trusting: keys) else {
        // The signature may be over the other value.
        if let repeated = reading.repeated { throw repeated }
        // Without a valid signature, these texts may be secrets that the cache was sent, spelled as names and
        // signatures.
        let content = String(decoding: text, as: UTF8.self)
        if Redaction.holdsKnown(content) {
          throw NarinfoError(line: nil, flaw: .malformedLine(content.excerpt))
        }
        self = .untrusted(narinfo)
        return
      }
      if !narinfo.isContentAddressed {
        if let claim = narinfo.contentAddress {
          throw NarinfoError(line: nil, flaw: .untrueContentAddress("\(claim)"))
        }
        let trusted = Set(keys.keys.map(\.name))
        if let key = reading.malformedSigners.first(where: trusted.contains) {
          throw NarinfoError(line: nil, flaw: .malformedSignature(key: key))
        }
      }
      self = .offered(verified, nar: .notAsked)
    } catch {
      self = .invalid(error)
    }
  }
}
