import ArgumentParser
import EvidenceStore

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read back what was recorded, and bring stores together.",
    subcommands: [
      AuditRuns.self, AuditShow.self, AuditPaths.self, AuditHistory.self, AuditCaches.self,
      AuditRegressions.self, AuditSweep.self, AuditVerify.self, AuditImport.self, AuditExport.self,
      AuditPrune.self,
    ])
}

/// Evidence that cannot be read is no evidence.
func reading<Value>(_ read: () throws -> Value) throws(Failure) -> Value {
  do { return try read() } catch let failure as Failure { throw failure } catch let error as EvidenceError
    where error.isAboutAName
  { throw Failure(.usage, "\(error)") } catch { throw Failure(.evidence, "\(error)") }
}
