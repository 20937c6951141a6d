import NIOCore
import NIOHTTP1
import NIOPosix
import NixModel
import Synchronization

/// The habits of a server, as the connections of all loops show them.
final class SharedHabits: Sendable {
  let state = Mutex(Habits())
}

/// The connections of one event loop to one server, which only that loop may touch.
final class PlainConnections {
  private let server: PlainServer.Place
  private let habits: SharedHabits
  private let loop: any EventLoop
  private var free: [ConversationHandler] = []
  private var busy: [ObjectIdentifier: ConversationHandler] = [:]
  /// Those that have answered, and those of them that are asked again.
  private var proven: Set<ObjectIdentifier> = []
  private var provenAndBusy: Set<ObjectIdentifier> = []
  /// Questions that wait for others, to be asked together with them, until the loop has done its present work.
  private var gathered: [ConversationHandler.Question] = []
  /// Questions whose connection is being made.
  private var connecting: [Int: ConversationHandler.Question] = [:]
  private var promptness: Promptness
  private var watch: RepeatedTask?

  /// How often deadlines are looked at: a timer for each request would cost more than the request's head.
  private static let interval = TimeAmount.milliseconds(250)
  /// How many questions a connection is asked together at most. Their heads fit into the kilobyte that servers read
  /// at once.
  private static let mostTogether = 4

  init(_ server: PlainServer.Place, _ habits: SharedHabits, promptness: Promptness, on loop: any EventLoop) {
    self.server = server
    self.habits = habits
    self.promptness = promptness
    self.loop = loop
  }

  /// Asks, together with others where the server is prompt: each write to a connection wakes the server up, which costs
  /// more than the bytes.
  func ask(_ question: ConversationHandler.Question) {
    keepWatch()
    guard promptness.isPrompt, !question.terms.isAlone else { return send([question]) }
    gathered.append(question)
    if gathered.count == Self.mostTogether {
      sendGathered()
    } else if gathered.count == 1 {
      let bound = NIOLoopBound(self, eventLoop: loop)
      loop.execute { bound.value.sendGathered() }
    }
  }

  /// Ends the question that has `ticket`, if it is still under way.
  func callOff(_ ticket: Int) {
    if let place = gathered.firstIndex(where: { $0.terms.ticket == ticket }) {
      gathered.remove(at: place).answer(.failure(.calledOff))
    }
    connecting.removeValue(forKey: ticket)?.answer(.failure(.calledOff))
    for conversation in Array(busy.values) { conversation.callOff(ticket) }
  }

  /// Ends the connections on which nothing is asked.
  func closeFree() {
    for conversation in free { conversation.close() }
    free.removeAll()
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

  private func send(_ batch: [ConversationHandler.Question]) {
    // A server that closes its connections after each answer is asked for one thing on each.
    if let conversation = free.last, batch.count == 1 || conversation.isProven {
      free.removeLast()
      let id = ObjectIdentifier(conversation)
      busy[id] = conversation
      if proven.contains(id) {
        provenAndBusy.insert(id)
        habits.state.withLock { $0.provenConnection(isBusy: true) }
      }
      return conversation.ask(batch)
    }
    if batch.count == 1 { connect(toAsk: batch[0]) } else { for question in batch { send([question]) } }
  }

  private func connect(toAsk question: ConversationHandler.Question) {
    connecting[question.terms.ticket] = question
    connect().whenComplete { [self] result in
      let question = connecting.removeValue(forKey: question.terms.ticket)
      switch result {
      case .failure(let error): question?.answer(.failure(.broken(cause: HTTPTransport.cause(of: error))))
      case .success(let conversation):
        // The question was called off meanwhile.
        guard let question else { return keep(conversation) }
        busy[ObjectIdentifier(conversation)] = conversation
        conversation.ask([question])
      }
    }
  }

  private func connect() -> EventLoopFuture<ConversationHandler>.Isolated {
    let bound = NIOLoopBound(self, eventLoop: loop)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.seconds(5))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
      }
    return
      connect(bootstrap)
      .flatMapThrowing { channel in
        NIOLoopBound(
          try channel.pipeline.syncOperations.handler(type: ConversationHandler.self),
          eventLoop: channel.eventLoop)
      }
      .assumeIsolated().map { $0.value }
  }

  private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
    let port = Int(server.port)
    // A number needs no look-up, which would be made for each connection.
    if let address = try? SocketAddress(ipAddress: server.host, port: port) {
      return bootstrap.connect(to: address)
    }
    // Curl, and so Nix, knows this machine's own name without a table of hosts.
    guard server.isLocalhost, let four = try? SocketAddress(ipAddress: "127.0.0.1", port: port),
      let six = try? SocketAddress(ipAddress: "::1", port: port)
    else { return bootstrap.connect(host: server.host, port: port) }
    let again = NIOLoopBound(bootstrap, eventLoop: loop)
    return bootstrap.connect(to: four).flatMapError { error in
      again.value.connect(to: six).flatMapErrorThrowing { _ in throw error }
    }
  }

  private func prepare(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([
      HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()), ConversationHandler(listener),
    ])
  }

  private var listener: ConversationHandler.Listener {
    ConversationHandler.Listener(
      answered: { [weak self] put in
        let now = NIODeadline.now()
        self?.promptness.note(now - put)
        self?.habits.state.withLock { $0.noteAnswer(toQuestionPutAt: put, at: now) }
      },
      becameFree: { [weak self] in self?.becameFree($0) },
      left: { [weak self] question in self?.send([question]) },
      ended: { [weak self] in self?.forget($0) })
  }

  private func becameFree(_ conversation: ConversationHandler) {
    let id = ObjectIdentifier(conversation)
    busy[id] = nil
    let isNew = proven.insert(id).inserted
    let wasCounted = provenAndBusy.remove(id) != nil
    habits.state.withLock { habits in
      if isNew { habits.connectionIsProven() }
      if wasCounted { habits.provenConnection(isBusy: false) }
    }
    keep(conversation)
  }

  /// Keeps a connection for further questions, unless it would block other connections.
  private func keep(_ conversation: ConversationHandler) {
    if habits.state.withLock(\.isAskedAlone) { conversation.close() } else { free.append(conversation) }
  }

  private func forget(_ conversation: ConversationHandler) {
    let id = ObjectIdentifier(conversation)
    busy[id] = nil
    free.removeAll { $0 === conversation }
    let wasProven = proven.remove(id) != nil
    let wasCounted = provenAndBusy.remove(id) != nil
    guard wasProven else { return }
    habits.state.withLock { habits in
      habits.provenConnectionEnded()
      if wasCounted { habits.provenConnection(isBusy: false) }
    }
  }

  private func endWhatTakesTooLong(at now: NIODeadline) {
    let habits = habits.state.withLock { $0 }
    for conversation in Array(busy.values) { conversation.check(at: now) { habits.isStuck($0, at: now) } }
    for question in Array(connecting.values) {
      guard !question.terms.isAlone, habits.isStuck(question.terms.put, at: now) else { continue }
      connecting.removeValue(forKey: question.terms.ticket)?.answer(.failure(.stuck))
    }
  }

  private func keepWatch() {
    guard watch == nil else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    watch = loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
      bound.value.endWhatTakesTooLong(at: .now())
    }
  }
}
