import Foundation
import Synchronization

/// A cache on loopback that serves one connection until it ends, and only then looks at the next.
final class OneAtATime: Sendable {
  let url: String
  private let listener: Int32
  private let count = Atomic(0)

  /// How many connections it has served.
  var connections: Int { count.load(ordering: .relaxed) }

  /// - Parameter keeps: whether it keeps a connection open after an answer.
  init(serving texts: [String: String], keeps: Bool) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let port = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16 in
        guard bind(listener, address, length) == 0, listen(listener, 5) == 0 else { return 0 }
        getsockname(listener, address, &length)
        return UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port.bigEndian
      }
    }
    guard port != 0 else { throw CocoaError(.featureUnsupported) }
    url = "http://127.0.0.1:\(port)"
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        count.add(1, ordering: .relaxed)
        Self.serve(connection, texts, keeps)
        close(connection)
      }
    }
  }

  private static func serve(_ connection: Int32, _ texts: [String: String], _ keeps: Bool) {
    var pending = ""
    var buffer = [UInt8](repeating: 0, count: 8192)
    while true {
      while let end = pending.range(of: "\r\n\r\n") {
        let head = pending[..<end.lowerBound]
        pending = String(pending[end.upperBound...])
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        let isLast = !keeps || head.lowercased().contains("connection: close")
        let body = texts[path] ?? "no"
        let answer =
          "HTTP/1.1 \(texts[path] == nil ? "404 Not Found" : "200 OK")\r\nContent-Length: \(body.utf8.count)\r\n"
          + (isLast ? "Connection: close\r\n" : "") + "\r\n" + body
        let bytes = Array(answer.utf8)
        guard send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count, !isLast
        else {
          return
        }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      pending += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }

  /// Ends listening.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }
}
