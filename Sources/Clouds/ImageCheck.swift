import AsyncHTTPClient
public import Building
import Crypto
import NIOCore
import NIOHTTP1
import NixModel

/// Compares a pinned image with its digests before a machine boots it, because iPXE cannot.
public enum ImageCheck {
  /// How long fetching a file may take.
  private static let patience = TimeAmount.minutes(15)

  /// Fetches what the pin has a digest of.
  ///
  /// - Throws: ``ImageError``.
  public static func check(_ pin: NetbootImage.Pin) async throws(ImageError) {
    for (address, wanted) in [(pin.kernel, pin.kernelSHA256), (pin.initrd, pin.initrdSHA256)] {
      guard let wanted else { continue }
      let found = try await digest(of: address)
      guard found == wanted.lowercased() else {
        throw .differs(address: address, found: found, wanted: wanted)
      }
    }
  }

  private static func digest(of address: String) async throws(ImageError) -> String {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let result: Result<String, ImageError>
    do {
      let response = try await client.execute(HTTPClientRequest(url: address), deadline: .now() + patience)
      guard response.status == .ok else {
        throw ImageError.unreachable(address: address, cause: "HTTP \(response.status.code)")
      }
      var hash = SHA256()
      for try await buffer in response.body {
        buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
      }
      result = .success(Array(hash.finalize()).base16)
    } catch let error as ImageError {
      result = .failure(error)
    } catch { result = .failure(.unreachable(address: address, cause: "\(error)".excerpt)) }
    try? await client.shutdown()
    return try result.get()
  }
}

/// Why a pinned image must not be booted.
public enum ImageError: Error, Hashable, Sendable {
  /// It cannot be fetched from here.
  case unreachable(address: String, cause: String)
  /// It is another file.
  case differs(address: String, found: String, wanted: String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let address, let cause):
      "\(address) cannot be fetched to compare its digest: \(cause); leave the digest out where only the machine can fetch it"
    case .differs(let address, let found, let wanted):
      "\(address) is another file than the one that was pinned: its SHA-256 is \(found), and not \(wanted); nothing was made"
    }
  }
}
