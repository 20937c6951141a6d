public import NixModel
public struct LogReader {
  public enum Prefixes { case none, ci }
  public var lines = 0
  public var bytes = 0
  public init(format: LogFormat? = nil, storeDirectory: StoreDirectory = .standard, reportsProgress: Bool = false, prefixes: Prefixes = .ci) {}
  public mutating func read(_ bytes: UnsafeRawBufferPointer, _ body: (LogEvent) -> Void) {}
  public mutating func finish(_ body: (LogEvent) -> Void) {}
}
