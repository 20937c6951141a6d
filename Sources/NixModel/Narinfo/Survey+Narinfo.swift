extension Survey.Answer.Kind {
  /// What a cache's narinfo amounts to: an offer, where Nix would take it.
  ///
  /// Beyond what every narinfo needs Nix refuses a signed one with an untrue content address, and one with a
  /// signature of a trusted key that it cannot read. Both are said only of what would be an offer otherwise:
  /// where nobody trusted signed, that is what there is to mend.
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
        // What was signed may have been the other value.
        if let repeated = reading.repeated { throw repeated }
        // What nobody vouches for can be what the cache was sent, spelled as names and signatures.
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
