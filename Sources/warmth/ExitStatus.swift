import ArgumentParser
import NixModel

/// The exit codes that others rely on.
enum ExitStatus: Int32 {
  case warm = 0
  case cold = 1
  case inconclusive = 2
  case usage = 64
  /// A program or service that is needed is missing, or not enough of something: `EX_UNAVAILABLE` of sysexits(3).
  case missing = 69
  case fault = 70
  /// Warm (or yes), and the result or a report that was asked for is missing: `EX_CANTCREAT` of sysexits(3).
  case resultMissing = 73
  case evidence = 74

  init(_ verdict: Verdict) {
    switch verdict {
    case .warm: self = .warm
    case .cold: self = .cold
    case .inconclusive: self = .inconclusive
    }
  }

  init(_ answer: Answer) {
    switch answer {
    case .yes: self = .warm
    case .no: self = .cold
    case .unknown: self = .inconclusive
    }
  }

  var code: ExitCode { ExitCode(rawValue) }
}

/// A command that cannot go on: one sentence, and the code to exit with.
struct Failure: Error {
  let message: String
  let code: ExitStatus

  init(_ code: ExitStatus, _ message: String) {
    self.code = code
    self.message = message
  }
}
