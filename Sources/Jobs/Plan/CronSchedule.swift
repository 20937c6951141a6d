/// When Jobs are made again and again, as it was typed.
public struct JobSchedule: Sendable {
  /// Minute, hour, day of the month, month, day of the week; or `@daily`.
  public var text: String
  /// The zone that the schedule is meant in.
  public var timeZone: String
  /// Seconds after which a Job that could not be made in time is left out.
  public var startDeadline: Int

  public init(_ text: String, timeZone: String, startDeadline: Int) {
    (self.text, self.timeZone, self.startDeadline) = (text, timeZone, startDeadline)
  }
}

/// A schedule whose options were checked.
struct CronSchedule: Hashable, Sendable {
  let text: String
  let timeZone: String
  let startDeadline: Int

  init(_ schedule: JobSchedule, _ complaints: inout Complaints) {
    text = complaints.take("--schedule", schedule.text, Self.times) ?? ""
    timeZone = complaints.take("--time-zone", schedule.timeZone, Self.zone) ?? ""
    startDeadline = schedule.startDeadline
    // The controller looks every ten seconds, and would miss its time.
    if startDeadline < 10 { complaints.note("--start-deadline: \(startDeadline) s is less than 10 s") }
  }

  private static func zone(_ text: String) throws(FieldFlaw) -> String {
    guard text.wholeMatch(of: /[A-Za-z][A-Za-z0-9_+\-]*(\/[A-Za-z0-9_+\-]+)*/) != nil, text != "Local" else {
      throw FieldFlaw("is no time zone; write such as Etc/UTC or Europe/Berlin")
    }
    return text
  }

  private static let fields: [(name: String, range: ClosedRange<Int>, words: [String])] = [
    ("minute", 0...59, []), ("hour", 0...23, []), ("day of the month", 1...31, []),
    (
      "month", 1...12,
      ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    ), ("day of the week", 0...6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
  ]

  /// The forms that Kubernetes takes. Source: `github.com/robfig/cron/v3`, `parser.go` (`ParseStandard`). A zone in the
  /// schedule itself is refused there.
  private static func times(_ text: String) throws(FieldFlaw) -> String {
    if ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"].contains(text) {
      return text
    }
    let parts = text.split(separator: " ")
    guard parts.count == fields.count else {
      throw FieldFlaw(
        "is no schedule; write five fields (minute, hour, day of the month, month, day of the week), such as '17 3 * * *', or @daily"
      )
    }
    for (part, field) in zip(parts, fields) {
      for item in part.split(separator: ",", omittingEmptySubsequences: false)
      where !isItem(item.lowercased(), field.range, field.words) {
        throw FieldFlaw("has a \(field.name) that is none: '\(part)'")
      }
    }
    return parts.joined(separator: " ")
  }

  /// Whether a text is `*`, `5`, `1-5` or `mon-fri`, perhaps with a step (`*/15`).
  private static func isItem(_ text: String, _ range: ClosedRange<Int>, _ words: [String]) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.count == 1 || (Int(parts[1]) ?? 0) > 0 else { return false }
    if parts[0] == "*" || parts[0] == "?" { return true }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { end in
      words.firstIndex(of: String(end)).map { $0 + range.lowerBound } ?? Int(end)
    }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return false }
    return range.contains(first) && range.contains(last) && first <= last
  }
}
