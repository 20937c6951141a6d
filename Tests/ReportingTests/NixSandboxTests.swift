import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

@Suite struct `A report on Nix's sandbox` {
  @Test(arguments: SandboxSetting.allCases)
  func `says in text and JSON how it is set`(sandbox: SandboxSetting) throws {
    let some = try Make.run(unfinished: .running)
    let run = Run(start: some.start, nixVersion: "2.34.8", nixSandbox: sandbox, state: .running)
    #expect(TextReport(run).render().contains("with Nix 2.34.8, sandbox = \(sandbox.rawValue)\n"))
    #expect(try ProveDocument(run).json().contains("\"sandbox\" : \"\(sandbox.rawValue)\""))
  }

  @Test func `says nothing where it is not known`() throws {
    let run = try Make.run(unfinished: .running, nixVersion: "2.34.8")
    #expect(!TextReport(run).render().contains("sandbox"))
    #expect(try !ProveDocument(run).json().contains("sandbox"))
  }
}
