import DequeModule
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that is asked in the clear, over HTTP/1.1: on a cluster's own network and on loopback.
///
/// A survey asks for thousands of small files there, and the client library's work for each request (pools, timers,
/// redirects, HTTP/2) takes longer than all the rest together. This does none of that work: each event loop keeps its
/// own connections, a request stays on its loop, and several may go out together. The ``Throttle`` decides how many
/// requests there are at once.
final class PlainServer: Sendable {
  /// Where it is.
  struct Place: Hashable, Sendable {
    let host: String
    let port: UInt16
    /// Whether it is this machine, by its name.
    var isLocalhost: Bool { host == "localhost" || host.hasSuffix(".localhost") }
  }

  private struct Loop {
    let loop: any EventLoop
    let connections: NIOLoopBoundBox<PlainConnections>
  }

  private let loops: [Loop]
  private let habits = SharedHabits()
  /// Those who ask alone, one after the other.
  private let queue = Queue()
  private let tickets = Atomic(0)

  /// - Parameters:
  ///   - promptness: the server's promptness, as far as it is known.
  ///   - group: the loops to run on.
  init(_ place: Place, promptness: Promptness, on group: MultiThreadedEventLoopGroup) {
    let habits = habits
    loops = group.makeIterator().map { loop in
      let connections = PlainConnections(place, habits, promptness: promptness, on: loop)
      return Loop(loop: loop, connections: .makeBoxSendingValue(connections, eventLoop: loop))
    }
  }

  /// Asks, and gives of the answer's content at most `bytes`; `nil` for none.
  func answer(
    to head: HTTPRequestHead, ofAtMost bytes: Int?, within limit: TimeAmount
  ) async throws(ConversationError) -> Response {
    if !habits.state.withLock(\.isAskedAlone) {
      do { return try await put(head, ofAtMost: bytes, within: limit) } catch .stuck {
        habits.state.withLock { $0.beAskedAlone() }
      }
    }
    return try await putAlone(head, ofAtMost: bytes, within: limit)
  }

  /// Asks while nothing else is asked, on a connection that ends with the answer.
  private func putAlone(
    _ head: HTTPRequestHead, ofAtMost bytes: Int?, within limit: TimeAmount
  ) async throws(ConversationError) -> Response {
    await queue.enter()
    defer { queue.leave() }
    for place in loops {
      let connections = place.connections
      place.loop.execute { connections.value.closeFree() }
    }
    var head = head
    head.headers.replaceOrAdd(name: "Connection", value: "close")
    let start = NIODeadline.now()
    let response = try await put(head, isAlone: true, ofAtMost: bytes, within: limit)
    habits.state.withLock { $0.noteAnswerAlone(after: .now() - start) }
    return response
  }

  private func put(
    _ head: HTTPRequestHead, isAlone: Bool = false, ofAtMost bytes: Int?, within limit: TimeAmount
  ) async throws(ConversationError) -> Response {
    guard !Task.isCancelled else { throw .calledOff }
    let ticket = tickets.add(1, ordering: .relaxed).newValue
    let place = loops.first { $0.loop.inEventLoop } ?? loops[ticket % loops.count]
    let (loop, connections) = (place.loop, place.connections)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Response, ConversationError>, Never>) in
        @Sendable func ask() {
          let terms = Conversation.Question(
            ticket: ticket, limit: bytes, isContentExpected: head.method != .HEAD, isAlone: isAlone,
            time: limit,
            put: .now())
          connections.value.ask(
            ConversationHandler.Question(terms: terms, head: head) { continuation.resume(returning: $0) })
        }
        if loop.inEventLoop { ask() } else { loop.execute { ask() } }
        // If the task was cancelled before this question was queued, `onCancel` found nothing to remove. Remove it now.
        if Task.isCancelled { loop.execute { connections.value.callOff(ticket) } }
      }
    } onCancel: {
      loop.execute { connections.value.callOff(ticket) }
    }
    return try result.get()
  }

  /// Closes every connection.
  func shutdown() async {
    for place in loops {
      let connections = place.connections
      try? await place.loop.submit { connections.value.close() }.get()
    }
  }
}

/// Lets in one after the other.
private final class Queue: Sendable {
  private struct State {
    var isTaken = false
    var waiting: Deque<CheckedContinuation<Void, Never>> = []
  }

  private let state = Mutex(State())

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isTaken {
          state.waiting.append(continuation)
          return false
        }
        state.isTaken = true
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state in
      let next = state.waiting.popFirst()
      state.isTaken = next != nil
      return next
    }
    next?.resume()
  }
}
