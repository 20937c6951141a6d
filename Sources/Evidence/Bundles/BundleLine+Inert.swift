extension BundleLine {
  /// `text` with each mark of a bundle line broken, because a stranger's text may get into a log from which
  /// bundles are read. The search is in bytes, as lines are read.
  package static func withoutBundles(_ text: String) -> String {
    var text = text
    let marker = BundleLine.marker
    let places = text.withUTF8 { bytes in
      var places: [Int] = []
      var start = 0
      while let place = BundleLine.place(
        ofMarkIn: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
      {
        places.append(start + place)
        start += place + marker.count
      }
      return places
    }
    guard !places.isEmpty else { return text }
    var bytes = Array(text.utf8)
    // The '-' of the mark.
    for place in places { bytes[place + 7] = UInt8(ascii: "_") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
