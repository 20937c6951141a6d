public import ArgumentParser
public import NixModel

extension TimeSpan: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}
