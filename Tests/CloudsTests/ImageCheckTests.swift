import Building
import Foundation
import NixModel
import TestSupport
import Testing

@testable import Clouds

/// A pinned image is compared before a machine boots it.
@Suite struct `The check of a pinned image` {
  private func check(_ path: String, _ digest: String?) async throws {
    let server = try await StubCache { $0.path == "/kernel" ? .text("") : .notFound }
    let digests = digest.map { ", \"kernelSHA256\": \"\($0)\"" } ?? ""
    let pin = "{\"kernel\": \"\(server.url)\(path)\", \"initrd\": \"\(server.url)/none\"\(digests)}"
    guard case .pinned(let image) = try NetbootImage(pin: Array(pin.utf8)) else { return }
    try await ImageCheck.check(image)
  }

  /// The SHA-256 of nothing.
  private static let ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  @Test(arguments: [ofNothing, ofNothing.uppercased(), nil]) func `passes the file that was pinned`(
    digest: String?
  )
    async throws
  { try await check("/kernel", digest) }

  @Test func `stops at another file, and at none`() async throws {
    await #expect(throws: ImageError.self) { try await check("/kernel", String(repeating: "0", count: 64)) }
    await #expect(throws: ImageError.self) { try await check("/other", Self.ofNothing) }
  }
}
