import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that is asked in the clear, over HTTP/1.1: on a cluster's own network and on loopback.
///
/// A survey asks for thousands of small files there, and what the client library does for each request (pools,
/// timers, redirects, HTTP/2) takes longer than all the rest together. This does none of it: each event
/// loop keeps its own connections, a request stays on its loop, and several may go out together. How many there are at once is the
/// ``Throttle``'s business.
final class PlainServer: Sendable {
  private struct Place {
    let loop: any EventLoop
    let connections: NIOLoopBoundBox<PlainConnections>
  }

  private let places: [Place]
  private let tickets = Atomic(0)

  /// - Parameters:
  ///   - promptness: what it is known to be as yet.
  ///   - group: the loops to run on.
  init(host: String, port: Int, promptness: Promptness, on group: MultiThreadedEventLoopGroup) {
    places = group.makeIterator().map { loop in
      let connections = PlainConnections(host: host, port: port, promptness: promptness, on: loop)
      return Place(loop: loop, connections: .makeBoxSendingValue(connections, eventLoop: loop))
    }
  }

  /// Asks, and gives of the answer's content at most `bytes`; `nil` for none.
  func answer(
    to head: HTTPRequestHead, ofAtMost bytes: Int?, within limit: TimeAmount
  ) async throws -> Response {
    try Task.checkCancellation()
    let ticket = tickets.add(1, ordering: .relaxed).newValue
    let place = places.first { $0.loop.inEventLoop } ?? places[ticket % places.count]
    let (loop, connections) = (place.loop, place.connections)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        @Sendable func ask() {
          connections.value.ask(
            Conversation.Question(ticket: ticket, head: head, limit: bytes, time: limit) {
              continuation.resume(with: $0)
            })
        }
        if loop.inEventLoop { ask() } else { loop.execute { ask() } }
        // Calling off before the question was put called off nothing.
        if Task.isCancelled { loop.execute { connections.value.callOff(ticket) } }
      }
    } onCancel: {
      loop.execute { connections.value.callOff(ticket) }
    }
  }

  /// Closes every connection.
  func shutdown() async {
    for place in places {
      let connections = place.connections
      try? await place.loop.submit { connections.value.close() }.get()
    }
  }
}
