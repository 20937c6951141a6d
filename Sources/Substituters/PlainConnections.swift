import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NixModel

/// The connections of one event loop to one server, which only that loop may touch.
final class PlainConnections {
  private let host: String
  private let port: Int
  private let loop: any EventLoop
  private var free: [Conversation] = []
  private var busy: [Int: Conversation] = [:]
  /// Questions whose connection is being made, and whether they were called off meanwhile.
  private var connecting: [Int: Bool] = [:]
  private var watch: RepeatedTask?

  /// How often deadlines are looked at: a timer for each request would cost more than the request's head.
  private static let interval = TimeAmount.milliseconds(250)

  init(host: String, port: Int, on loop: any EventLoop) {
    self.host = host
    self.port = port
    self.loop = loop
  }

  func ask(_ question: Conversation.Question, ticket: Int) {
    keepWatch()
    if let conversation = free.popLast() { return ask(question, ticket, on: conversation) }
    connecting[ticket] = false
    connect().whenComplete { [self] result in
      let isCalledOff = connecting.removeValue(forKey: ticket) ?? true
      switch result {
      case .failure(let error): question.answer(.failure(error))
      case .success(let conversation):
        guard !isCalledOff else {
          free.append(conversation)
          return question.answer(.failure(CancellationError()))
        }
        ask(question, ticket, on: conversation)
      }
    }
  }

  /// Ends what was asked under `ticket`, if it is still under way.
  func callOff(_ ticket: Int) {
    if connecting[ticket] != nil { connecting[ticket] = true }
    busy[ticket]?.end(.failure(CancellationError()))
  }

  func close() {
    watch?.cancel()
    watch = nil
    for conversation in free + Array(busy.values) { conversation.end(.failure(CancellationError())) }
    free.removeAll()
  }

  private func ask(_ question: Conversation.Question, _ ticket: Int, on conversation: Conversation) {
    busy[ticket] = conversation
    var question = question
    question.answer = { [answer = question.answer] result in
      self.busy[ticket] = nil
      answer(result)
    }
    conversation.ask(question)
  }

  private func connect() -> EventLoopFuture<Conversation>.Isolated {
    let bound = NIOLoopBound(self, eventLoop: loop)
    return ClientBootstrap(group: loop)
      .connectTimeout(.seconds(5))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
      }
      .connect(host: host, port: port)
      .flatMapThrowing { channel in
        NIOLoopBound(
          try channel.pipeline.syncOperations.handler(type: Conversation.self), eventLoop: channel.eventLoop)
      }
      .assumeIsolated().map { $0.value }
  }

  private func prepare(_ channel: any Channel) throws {
    let conversation = Conversation()
    conversation.becameFree = { [weak self] in self?.free.append($0) }
    conversation.ended = { [weak self] ended in self?.free.removeAll { $0 === ended } }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([
      HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()),
      NIOHTTPResponseDecompressor(limit: .size(Narinfo.maximumSize)), conversation,
    ])
  }

  private func keepWatch() {
    guard watch == nil else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    watch = loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
      let now = NIODeadline.now()
      for conversation in Array(bound.value.busy.values) { conversation.check(at: now) }
    }
  }
}
