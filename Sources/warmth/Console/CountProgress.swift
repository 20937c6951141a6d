import Foundation

/// Counts on one line of a terminal; shows nothing elsewhere.
struct CountProgress: Sendable {
  private let what: String
  private let place: String

  init(of what: String, in place: String) {
    self.what = what
    self.place = place
  }

  @Sendable func draw(_ done: Int, _ all: Int) {
    guard Console.isTerminal(STDERR_FILENO) else { return }
    Console.draw("\r\(place): \(done) of \(all) \(what)\u{1B}[K")
  }

  func end() {
    if Console.isTerminal(STDERR_FILENO) { Console.draw("\r\u{1B}[K") }
  }
}
