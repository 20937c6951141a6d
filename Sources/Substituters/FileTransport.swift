import Foundation

/// Binary caches in a directory (`file:///…`).
public enum FileTransport {
  /// Reads files where another transport would send requests, and translates the kernel's answers.
  public static let exchange = Exchange { request throws(ExchangeError) in
    let path = String(request.url.dropFirst("file://".count)).removingPercentEncoding ?? ""
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return Response(status: 404)
      case EACCES, EPERM: return Response(status: 403)
      default: throw .unreachable(String(cString: strerror(errno)))
      }
    }
    // Reading a pipe or a device could block for ever, and neither is a file of a cache.
    guard status.st_mode & S_IFMT == S_IFREG else { return Response(status: 404) }
    let size = UInt64(clamping: status.st_size)
    guard case .content(let limit) = request.method else { return Response(status: 200, size: size) }
    guard size <= limit else { throw .tooLong(limit: limit) }
    guard let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: limit + 1) ?? Data()
    else { return Response(status: 403) }
    // It may have grown meanwhile.
    guard data.count <= limit else { throw .tooLong(limit: limit) }
    return Response(status: 200, body: Array(data), size: size)
  }
}
