import NIOCore

/// Whether a server answers so promptly that a question may wait for the one before it on the same connection.
///
/// Where a server is far away, or slow, each question gets a connection of its own: the server answers those of one
/// connection one after the other. This is a value without a clock: the measured times are handed in.
struct Promptness: Hashable, Sendable {
  /// Within this, an answer is prompt, unless told otherwise. Our own work delays answers too, and many of a prompt
  /// server come later.
  static let usualThreshold = TimeAmount.milliseconds(2)

  /// After this number of answers without a prompt one among them, the server is no longer prompt.
  private static let memory = 64

  /// Within this, an answer is prompt.
  let threshold: TimeAmount
  private var credit = 0

  init(within threshold: TimeAmount = usualThreshold) { self.threshold = threshold }

  /// Whether one of the last answers was prompt.
  var isPrompt: Bool { credit > 0 }

  /// Notes the time between a question and the beginning of its answer.
  mutating func note(_ latency: TimeAmount) {
    credit = latency <= threshold ? Self.memory : max(0, credit - 1)
  }
}
