/// Files as a tar archive. The same files make the same bytes: owner, time and order say nothing.
///
/// Source: POSIX, `pax`, "ustar Interchange Format".
struct TarArchive {
  private(set) var bytes: [UInt8] = []

  /// - Parameter files: by their names, which are relative and have at most 100 bytes.
  init(_ files: [String: [UInt8]]) {
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      bytes += Self.header(name, size: content.count)
      bytes += content
      bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    bytes += [UInt8](repeating: 0, count: 1024)
  }

  private static func header(_ name: String, size: Int) -> [UInt8] {
    var header: [UInt8] = []
    func add(_ text: String, _ width: Int) {
      let field = Array(text.utf8.prefix(width))
      header += field + [UInt8](repeating: 0, count: width - field.count)
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits
    }
    add(name, 100)
    for (number, width) in [(0o600, 8), (0, 8), (0, 8), (size, 12), (0, 12)] {
      add(octal(number, width), width)
    }
    add("        ", 8)
    add("0", 1)
    add("", 100)
    add("ustar\u{0}00", 8)
    add("", 512 - header.count)
    let sum = octal(header.reduce(0) { $0 + Int($1) }, 7)
    header.replaceSubrange(148..<156, with: Array(sum.utf8) + [0, UInt8(ascii: " ")])
    return header
  }
}
