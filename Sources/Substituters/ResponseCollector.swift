import NIOCore
import NIOHTTP1

/// Takes an answer as it comes: its head, and of its content as much as is wanted.
struct ResponseCollector {
  /// Whether there is a reason to read on.
  enum Progress {
    case goOn
    /// The rest is not worth waiting for.
    case enough
  }

  /// How many bytes are worth receiving and throwing away to keep the connection, such as the page of a 404.
  private static let longestRest = 64 << 10

  /// How much content is wanted; `nil` for none.
  private let limit: Int?
  /// Whether the content of a refusal is wanted as well.
  private let wantsRefusals: Bool
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []
  private var ignored = 0

  /// Whether the question was one that is answered with content, and not `HEAD`.
  private let isContentExpected: Bool

  init(limit: Int?, isContentExpected: Bool = true, wantsRefusals: Bool = false) {
    self.limit = limit
    self.wantsRefusals = wantsRefusals
    self.isContentExpected = isContentExpected
  }

  /// Takes the head, and says whether the content is worth waiting for.
  mutating func take(_ head: HTTPResponseHead) -> Progress {
    self.head = head
    if isWanted {
      if let length { body.reserveCapacity(min(length, limit ?? 0)) }
      return .goOn
    }
    guard isContentExpected, head.status.mayHaveResponseBody else { return .goOn }
    // Unwanted content must be received before the next answer. A short one is; an archive is not.
    if let length { return length <= Self.longestRest ? .goOn : .enough }
    return head.status == .ok ? .enough : .goOn
  }

  mutating func take(_ content: ByteBuffer) throws(ExchangeError) -> Progress {
    guard isWanted, let limit else {
      ignored += content.readableBytes
      return ignored <= Self.longestRest ? .goOn : .enough
    }
    guard body.count + content.readableBytes <= limit else { throw .tooLong(limit: limit) }
    body.append(contentsOf: content.readableBytesView)
    return .goOn
  }

  /// The answer as far as it came.
  var response: Response {
    guard let head else { return Response(status: 0) }
    return Response(
      status: Int(head.status.code), body: body, size: size,
      retryAfter: head.headers.first(name: "Retry-After").flatMap { Int($0) },
      encoding: text(of: "Content-Encoding", in: head), location: text(of: "Location", in: head),
      date: head.headers.first(name: "Date"))
  }

  private func text(of field: String, in head: HTTPResponseHead) -> String? {
    let values = head.headers[field]
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  private var isWanted: Bool {
    limit != nil && (head?.status == .ok || wantsRefusals && head?.status == .forbidden)
  }

  private var size: UInt64? {
    // A one-byte range names the whole behind the slash: "bytes 0-0/5123".
    if head?.status == .partialContent, let range = head?.headers.first(name: "Content-Range") {
      return range.split(separator: "/").last.flatMap { UInt64($0) }
    }
    return length.map { UInt64($0) }
  }

  private var length: Int? {
    head?.headers.first(name: "Content-Length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}
