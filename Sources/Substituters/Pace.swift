/// How many requests a server is asked at once: as many as it bears, and never more than a limit.
///
/// It begins with a few and adds one for each that is answered, as TCP's slow start does: a small server drops
/// connections that come all at once, and each costs a second. An overload halves the number, and slow
/// answers take a fifth of it; from then on it grows by one for each full round. A value without a clock:
/// the instants are handed in.
struct Pace: Hashable, Sendable {
  /// A request's number, in the order in which they are sent.
  typealias Ticket = Int

  /// Never more at once than this.
  let limit: Int
  /// How many may be under way at once; fractions are progress towards the next.
  private(set) var window: Double
  /// Nothing is sent before this time since the clock's start.
  private(set) var resumption: Duration = .zero

  private static let first = 4.0
  /// An answer that takes this much longer than twice the fastest is a slow one.
  private static let tolerance = Duration.milliseconds(100)
  private static let shortestRest = Duration.milliseconds(50)
  private static let longestRest = Duration.seconds(2)
  /// A server may ask for a longer rest than ours, within reason.
  private static let longestRestAskedFor = Duration.seconds(5)

  private var next: Ticket = 0
  /// Requests sent before the last cut say nothing about the server's capacity after it.
  private var cut: Ticket = 0
  private var hasBeenCut = false
  private var rest = Self.shortestRest
  private var fastest: Duration?
  private var usual: Duration = .zero

  init(limit: Int) {
    self.limit = limit
    window = min(Self.first, Double(limit))
  }

  /// How many may be under way at once.
  var room: Int { max(1, Int(window)) }

  /// A request is sent.
  mutating func send() -> Ticket {
    defer { next += 1 }
    return next
  }

  /// It was answered, `latency` after it was sent.
  mutating func answered(_ ticket: Ticket, after latency: Duration) {
    rest = Self.shortestRest
    fastest = min(latency, fastest ?? latency)
    usual = usual == .zero ? latency : usual + (latency - usual) / 16
    window = min(Double(limit), window + (hasBeenCut ? 1 / window : 1))
    guard ticket >= cut, let fastest, usual > fastest * 2 + Self.tolerance else { return }
    // A server that is slow even so is slow for good, and this is its speed.
    if room <= Int(Self.first) { self.fastest = usual }
    shrink(to: max(Self.first, window * 0.8))
  }

  /// It was refused for its number (429), failed (5xx), or broke off.
  mutating func strained(_ ticket: Ticket) {
    guard ticket >= cut else { return }
    shrink(to: max(1, window / 2))
  }

  /// The server asks for a rest, at `now`: `wish` long where it says.
  mutating func refused(_ ticket: Ticket, at now: Duration, wish: Duration?) {
    let asked = min(wish ?? .zero, Self.longestRestAskedFor)
    let isNews = ticket >= cut
    strained(ticket)
    resumption = max(resumption, now + (isNews ? max(rest, asked) : asked))
    if isNews { rest = min(rest * 2, Self.longestRest) }
  }

  private mutating func shrink(to size: Double) {
    window = size
    cut = next
    hasBeenCut = true
  }
}
