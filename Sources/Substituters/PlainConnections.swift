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
  private var busy: [ObjectIdentifier: Conversation] = [:]
  /// Questions that wait for others to be asked together with, until the loop has done what it has to do now.
  private var gathered: [Conversation.Question] = []
  /// Questions whose connection is being made.
  private var connecting: [Int: Conversation.Question] = [:]
  private var promptness: Promptness
  private var watch: RepeatedTask?

  /// How often deadlines are looked at: a timer for each request would cost more than the request's head.
  private static let interval = TimeAmount.milliseconds(250)
  /// How many questions a connection is asked together at most. Their heads fit into the kilobyte that servers read
  /// at once.
  private static let mostTogether = 4

  init(host: String, port: Int, promptness: Promptness, on loop: any EventLoop) {
    self.host = host
    self.port = port
    self.promptness = promptness
    self.loop = loop
  }

  /// Asks: together with others where the server is prompt, since each write to a connection wakes it up, and costs
  /// more than what is written.
  func ask(_ question: Conversation.Question) {
    keepWatch()
    guard promptness.isPrompt else { return send([question]) }
    gathered.append(question)
    if gathered.count == Self.mostTogether {
      sendGathered()
    } else if gathered.count == 1 {
      let bound = NIOLoopBound(self, eventLoop: loop)
      loop.execute { bound.value.sendGathered() }
    }
  }

  /// Ends what was asked under `ticket`, if it is still under way.
  func callOff(_ ticket: Int) {
    if let place = gathered.firstIndex(where: { $0.ticket == ticket }) {
      gathered.remove(at: place).answer?(.failure(CancellationError()))
    }
    connecting.removeValue(forKey: ticket)?.answer?(.failure(CancellationError()))
    for conversation in Array(busy.values) { conversation.callOff(ticket) }
  }

  func close() {
    watch?.cancel()
    watch = nil
    for conversation in free + Array(busy.values) { conversation.shutDown() }
    free.removeAll()
  }

  private func sendGathered() {
    guard !gathered.isEmpty else { return }
    let batch = gathered
    gathered.removeAll(keepingCapacity: true)
    send(batch)
  }

  private func send(_ batch: [Conversation.Question]) {
    // A server that closes its connections after each answer is asked for one thing on each.
    if let conversation = free.last, batch.count == 1 || conversation.isProven {
      free.removeLast()
      busy[ObjectIdentifier(conversation)] = conversation
      return conversation.ask(batch)
    }
    if batch.count == 1 { connect(toAsk: batch[0]) } else { for question in batch { send([question]) } }
  }

  private func connect(toAsk question: Conversation.Question) {
    connecting[question.ticket] = question
    connect().whenComplete { [self] result in
      let question = connecting.removeValue(forKey: question.ticket)
      switch result {
      case .failure(let error): question?.answer?(.failure(error))
      case .success(let conversation):
        // Called off meanwhile.
        guard let question else { return free.append(conversation) }
        busy[ObjectIdentifier(conversation)] = conversation
        conversation.ask([question])
      }
    }
  }

  private func connect() -> EventLoopFuture<Conversation>.Isolated {
    let bound = NIOLoopBound(self, eventLoop: loop)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.seconds(5))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
      }
    // A number needs no look-up, which would be made for each connection.
    let channel =
      if let address = try? SocketAddress(ipAddress: host, port: port) {
        bootstrap.connect(to: address)
      } else {
        bootstrap.connect(host: host, port: port)
      }
    return
      channel
      .flatMapThrowing { channel in
        NIOLoopBound(
          try channel.pipeline.syncOperations.handler(type: Conversation.self), eventLoop: channel.eventLoop)
      }
      .assumeIsolated().map { $0.value }
  }

  private func prepare(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([
      HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()),
      NIOHTTPResponseDecompressor(limit: .size(Narinfo.maximumSize)), Conversation(listener),
    ])
  }

  private var listener: Conversation.Listener {
    Conversation.Listener(
      answered: { [weak self] in self?.promptness.note($0) },
      becameFree: { [weak self] conversation in
        self?.busy[ObjectIdentifier(conversation)] = nil
        self?.free.append(conversation)
      },
      ended: { [weak self] conversation, left in
        self?.busy[ObjectIdentifier(conversation)] = nil
        self?.free.removeAll { $0 === conversation }
        // They were asked behind another, and the connection ended with that one.
        for question in left where question.answer != nil { self?.send([question]) }
      })
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
