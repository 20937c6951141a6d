public import Building
import Foundation
public import NixModel

/// An entry of a machine's journal, as its gateway gives it in JSON.
///
/// Source: systemd, "Journal JSON Format": a field is a string, an array of bytes where it is not printable, `null` where
/// it is long, or an array of these where it is there several times.
public struct JournalEntry: Sendable, Decodable {
  private let fields: [String: Field]

  private struct Field: Decodable, Sendable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let bytes = try? container.decode([UInt8].self) {
        text = String(decoding: bytes, as: UTF8.self)
      } else {
        text = nil
      }
    }
  }

  public init(from decoder: any Decoder) throws { fields = try [String: Field](from: decoder) }

  /// Parses a line; `nil` where it is no entry.
  init?(line: [UInt8]) {
    guard let entry = try? JSONDecoder().decode(JournalEntry.self, from: Data(line)), entry.cursor != nil
    else {
      return nil
    }
    self = entry
  }

  private subscript(_ name: String) -> String? { fields[name]?.text }

  /// Its place in the journal.
  public var cursor: String? { self["__CURSOR"] }
  /// The line for a person.
  public var message: String { self["MESSAGE"] ?? "" }
  /// The program that wrote it.
  public var source: String { self["SYSLOG_IDENTIFIER"] ?? self["_SYSTEMD_UNIT"] ?? "kernel" }

  private var date: Date? {
    self["__REALTIME_TIMESTAMP"].flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1_000_000) }
  }

  /// What the machine says with it; `nil` for all other entries. The kernel knows who wrote an entry, and evaluated code
  /// can write entries as well, so only root's count.
  public func report(of build: RunID) -> MachineReport? {
    guard self["_UID"] == "0", self["WARMTH_RUN"] == build.text, let phase = self["WARMTH_PHASE"], let date,
      let cursor
    else { return nil }
    if let phase = MachinePhase(rawValue: phase) {
      return MachineReport(at: date, fact: .reached(phase), cursor: cursor)
    }
    guard ["done", "failed"].contains(phase), let exit = self["WARMTH_EXIT"].flatMap({ Int($0) }) else {
      return nil
    }
    let end = BuildEnd(
      exit: phase == "failed" && exit == 0 ? 1 : exit, reason: self["WARMTH_REASON"]?.excerpt ?? "",
      message: message.excerpt,
      outputs: (self["WARMTH_OUTPUTS"] ?? "").split(separator: " ").compactMap {
        try? StorePath(parsing: $0)
      },
      isUploaded: self["WARMTH_UPLOADED"] == "true")
    return MachineReport(at: date, fact: .ended(end), cursor: cursor)
  }
}
