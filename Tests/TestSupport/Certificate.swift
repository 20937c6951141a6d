import Foundation

extension StubCache.Identity {
  /// A new one for `localhost` in `directory`, signed by itself: its certificate is what a client must trust.
  public static func make(in directory: String) throws -> (identity: StubCache.Identity, certificate: String)
  {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/usr/bin/env")
    openssl.arguments = [
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost", "-keyout", "\(directory)/key.pem",
      "-out", "\(directory)/certificate.pem",
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else { throw Make.MakeError.key }
    let certificate = "\(directory)/certificate.pem"
    return (.init(certificate: certificate, key: "\(directory)/key.pem"), certificate)
  }
}
