import PublisherScript

/// `scripts/cache-warm.sh`, as it was when this program was built.
public enum PublisherProgram {
  /// The whole script.
  public static let text = String(
    decoding: UnsafeBufferPointer(start: warmth_publisher_script(), count: warmth_publisher_script_size()),
    as: UTF8.self)
}
