import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
public import NixModel

extension HTTPTransport {
  /// Whether `cache` takes uploads without credentials, asked by requests that change nothing.
  ///
  /// The first is never complete: it announces a byte that is never sent (`Expect: 100-continue`), so that a server
  /// that refuses can do so by the head alone, and no server may act on it (RFC 9112, 8). A server that neither accepts
  /// nor refuses, such as a proxy that reads everything first, is asked a second time, completely and without content.
  /// Both requests carry a condition that cannot hold (`If-Match`, under which a server must not perform the request,
  /// RFC 9110, 13.1.1), a checksum that is untrue (which S3 and its kin refuse), and a place below a file
  /// (`nix-cache-info/…/`), where a file system cannot make a file.
  ///
  /// 412 says that only the condition kept the server from it (RFC 9110, 13.2.1), 409 that only the place did (nginx),
  /// and 2xx that it took no notice of either. Three kinds of servers escape this: those that take a PUT only under names
  /// that they know, those that break off instead of answering, and those that answer later than a second.
  public func takesAnonymousPut(_ cache: SubstituterURL) async -> Bool {
    guard cache.scheme == "http" || cache.scheme == "https" else { return false }
    let url = "\(cache.canonical)/nix-cache-info/warmth-asks-whether-anybody-may-put/"
    guard let (client, target) = client(for: url) else { return false }
    switch await firstWord(to: target, through: client) {
    case .status(let status): return await tells(status, at: target, through: client)
    case .nothing: return false
    case .silence:
      guard let request = try? HTTPClient.Request(url: target, method: .PUT, headers: Self.guards),
        let answer = try? await Self.answer(
          to: request, through: client, ofAtMost: 1 << 10, within: .seconds(3))
      else { return false }
      return await tells(answer.status, at: target, through: client)
    }
  }

  /// Whether `status` says that a PUT is taken. A server that has a page for everything, as a login page in front of a
  /// network, answers 200 to a PUT as well, and took nothing.
  private func tells(_ status: Int, at target: String, through client: HTTPClient) async -> Bool {
    guard Self.acceptances.contains(status) else { return false }
    guard (200...299).contains(status), let request = try? HTTPClient.Request(url: target),
      let page = try? await Self.answer(
        to: request, through: client, ofAtMost: 1 << 20, within: .seconds(3))
    else { return true }
    return page.status != 200 || page.body.isEmpty
  }

  private static let acceptances: Set<Int> = [200, 201, 202, 204, 409, 412]

  private static let guards: HTTPHeaders = [
    "User-Agent": "warmth", "If-Match": "\"warmth-changes-nothing\"",
    "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA==",
  ]

  /// How long a server may take to answer the head of a request.
  private static let pause = TimeAmount.seconds(1)

  /// The answers to the head of a request.
  private enum FirstWord {
    case status(Int)
    /// It waits for the content.
    case silence
    /// It could not be asked.
    case nothing
  }

  private func firstWord(to url: String, through client: HTTPClient) async -> FirstWord {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let content = loop.makePromise(of: Void.self)
    // The content never comes; its promise is kept by breaking it.
    defer { content.fail(CancellationError()) }
    var headers = Self.guards
    headers.add(name: "Expect", value: "100-continue")
    let body = HTTPClient.Body.stream(contentLength: 1) { _ in content.futureResult }
    guard let request = try? HTTPClient.Request(url: url, method: .PUT, headers: headers, body: body) else {
      return .nothing
    }
    let ear = HeadListener(pause: Self.pause)
    let task = client.execute(
      request: request, delegate: ear, eventLoop: .delegateAndChannel(on: loop),
      deadline: .now() + .seconds(8))
    do {
      return .status(
        try await withTaskCancellationHandler {
          try await task.get()
        } onCancel: {
          task.cancel()
        })
    } catch let heard as HeadListener.Heard {
      return .status(heard.status)
    } catch {
      return (try? await loop.submit { ear.hasWaited }.get()) == true ? .silence : .nothing
    }
  }
}

/// Hears the head of an answer, and does not wait for it longer than a while after the request's head was sent.
private final class HeadListener: HTTPClientResponseDelegate {
  /// Ends the exchange at the head.
  struct Heard: Error { let status: Int }

  private let pause: TimeAmount
  // The client calls a delegate from one event loop, one call after the other.
  nonisolated(unsafe) private(set) var hasWaited = false

  init(pause: TimeAmount) { self.pause = pause }

  func didSendRequestHead(task: HTTPClient.Task<Int>, _ head: HTTPRequestHead) {
    task.eventLoop.scheduleTask(in: pause) {
      self.hasWaited = true
      task.cancel()
    }
  }

  func didReceiveHead(task: HTTPClient.Task<Int>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    task.eventLoop.makeFailedFuture(Heard(status: Int(head.status.code)))
  }

  func didFinishRequest(task: HTTPClient.Task<Int>) throws -> Int { 0 }
}
