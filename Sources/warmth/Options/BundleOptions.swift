import ArgumentParser
import Foundation
import NixModel
import Substituters

/// Where a run's bundle goes when the run has ended: out of a pod, for another store to import.
struct BundleOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the run's bundle to this file when it has ended.", valueName: "file"))
  var bundleFile: String?

  @Option(
    name: .customLong("bundle-url"),
    help: ArgumentHelp(
      "Send the run's bundle there with HTTP PUT when it has ended.",
      discussion: """
        Else $\(BundleOptions.variable), which shows an address that was signed to nobody who lists processes. \
        To one that ends with a slash, the run's name is added.
        """,
      valueName: "url"))
  var bundleURL: String?

  @Flag(help: "Print the run's bundle to standard error when it has ended, for whoever keeps the log.")
  var bundleLog = false

  private static let variable = "WARMTH_BUNDLE_URL"

  /// Where the bundle of `run` goes.
  func parsed(for run: RunID) throws(Failure) -> HandOut {
    if let bundleFile { try BundleFile(bundleFile).check() }
    let logs = try collector("\(run).failed-builds.log")
    return HandOut(
      file: bundleFile.map(BundleFile.init), collector: try collector("\(run).warmth-bundle"),
      collectorOfLogs: logs?.isFolder == true ? logs : nil, toLog: bundleLog)
  }

  private func collector(_ name: String) throws(Failure) -> CollectorAddress? {
    let variable = ProcessInfo.processInfo.environment[Self.variable] ?? ""
    guard let text = bundleURL ?? (variable.isEmpty ? nil : variable) else { return nil }
    do { return try CollectorAddress(parsing: text, naming: name) } catch {
      throw Failure(.usage, "\(bundleURL == nil ? "$\(Self.variable)" : "--bundle-url"): \(error)")
    }
  }
}
