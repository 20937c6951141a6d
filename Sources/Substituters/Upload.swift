import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Hands a file to a collector with one HTTP PUT.
///
/// A redirection is not followed: it could lead the content anywhere.
public struct Upload: Sendable {
  private let certificates: String?
  private let patience: Patience
  private let limit: TimeAmount

  /// Further tries after half a second, 2 and 8 seconds: a pod that gives up has proved for nothing.
  public static let patience = Patience(pauses: [.milliseconds(500), .seconds(2), .seconds(8)])

  /// - Parameters:
  ///   - certificates: a file of certificates to trust instead of the system's.
  ///   - patience: when it is tried again where the answer may be passing: no connection, 429, 5xx.
  ///   - seconds: how long one try may take, content and answer included.
  public init(certificates: String? = nil, patience: Patience = Self.patience, within seconds: Int = 120) {
    self.certificates = certificates
    self.patience = patience
    limit = .seconds(Int64(seconds))
  }

  /// Sends the content of `file`.
  ///
  /// - Parameter type: its media type; that of a bundle by default.
  /// - Throws: ``UploadError`` where the collector did not say that it has it.
  public func put(
    _ file: URL, as type: String = "application/jsonl", to address: CollectorAddress
  ) async throws(UploadError) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(30)))
    configuration.connectionPool.retryConnectionEstablishment = false
    if let certificates {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(certificates)
      configuration.tlsConfiguration = tls
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Void, UploadError>
    do throws(UploadError) {
      result = .success(try await put(file, as: type, to: address, through: client))
    } catch {
      result = .failure(error)
    }
    // An error of closing a connection does not matter: the content was sent before.
    try? await client.shutdown()
    try result.get()
  }

  private func put(
    _ file: URL, as type: String, to address: CollectorAddress, through client: HTTPClient
  ) async throws(UploadError) {
    var tries = 1
    for pause in patience.pauses {
      do {
        return try await putOnce(file, as: type, to: address, through: client)
      } catch  where error.flaw.isPassing {
        await patience.wait(pause)
        if Task.isCancelled { throw error.after(tries) }
        tries += 1
      }
    }
    do { try await putOnce(file, as: type, to: address, through: client) } catch { throw error.after(tries) }
  }

  private func putOnce(
    _ file: URL, as type: String, to address: CollectorAddress, through client: HTTPClient
  ) async throws(UploadError) {
    let status: Int
    do {
      let content = try FileContent(file)
      var request = HTTPClientRequest(url: address.target)
      request.method = .PUT
      request.headers.add(name: "User-Agent", value: "warmth")
      request.headers.add(name: "Content-Type", value: type)
      if let credentials = address.credentials {
        request.headers.add(name: "Authorization", value: credentials.basic)
      }
      // Collectors that check a signed address want to be told the length beforehand.
      request.body = .stream(content, length: .known(content.size))
      status = Int(try await client.execute(request, deadline: .now() + limit).status.code)
    } catch let error as FileContent.Unreadable {
      throw UploadError(address, .unreadable(String(cString: strerror(error.code))))
    } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
      throw UploadError(address, .stalled)
    } catch {
      throw UploadError(address, .unreachable(HTTPTransport.cause(of: error)))
    }
    guard !(200..<300).contains(status) else { return }
    throw UploadError(address, .status(status))
  }
}

/// Why a collector has not taken a file.
public struct UploadError: Error, Hashable, Sendable {
  /// The collector's address, without its secret parts.
  public let address: String
  /// The error of the last try.
  public let flaw: Flaw
  /// How often it was tried.
  public let tries: Int

  /// The ways in which it can fail.
  public enum Flaw: Hashable, Sendable {
    /// It answered with this status.
    case status(Int)
    /// No connection, or one that broke; the cause.
    case unreachable(String)
    /// It did not answer in time.
    case stalled
    /// The file itself cannot be read; why.
    case unreadable(String)

    /// Whether another try may end otherwise.
    var isPassing: Bool {
      switch self {
      case .status(let status): status == 429 || status >= 500
      case .unreachable, .stalled: true
      case .unreadable: false
      }
    }
  }

  init(_ address: CollectorAddress, _ flaw: Flaw) {
    self.address = "\(address)"
    self.flaw = flaw
    tries = 1
  }

  private init(_ error: UploadError, tries: Int) {
    (address, flaw) = (error.address, error.flaw)
    self.tries = tries
  }

  func after(_ tries: Int) -> UploadError { UploadError(self, tries: tries) }
}

extension UploadError: CustomStringConvertible {
  public var description: String {
    let often = tries > 1 ? " (tried \(tries) times)" : ""
    return switch flaw {
    case .status(let status) where (300..<400).contains(status):
      "\(address) answered with HTTP \(status): it redirects, and a bundle is not sent after a redirection; name the address that takes it"
    case .status(let status) where [401, 403].contains(status):
      "\(address) refused it with HTTP \(status): see that the address was signed for PUT, has not expired, or has a password that may write"
    case .status(let status): "\(address) answered with HTTP \(status)\(often)"
    case .unreachable(let cause): "\(address) cannot be reached: \(cause)\(often)"
    case .stalled: "\(address) did not answer in time\(often)"
    case .unreadable(let cause): "what was to be sent to \(address) cannot be read: \(cause)"
    }
  }
}

/// A file's content, piece by piece.
private struct FileContent: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let file: URL
  let size: Int64

  struct Unreadable: Error { let code: Int32 }

  init(_ file: URL) throws(Unreadable) {
    var facts = stat()
    guard stat(file.path, &facts) == 0 else { throw Unreadable(code: errno) }
    self.file = file
    size = Int64(facts.st_size)
  }

  func makeAsyncIterator() -> Iterator { Iterator(file: file) }

  struct Iterator: AsyncIteratorProtocol {
    let file: URL
    private var handle: FileHandle?

    init(file: URL) { self.file = file }

    mutating func next() async throws -> ByteBuffer? {
      let open = try handle ?? FileHandle(forReadingFrom: file)
      handle = open
      guard let bytes = try open.read(upToCount: 64 << 10), !bytes.isEmpty else { return nil }
      return ByteBuffer(bytes: bytes)
    }
  }
}
