/// A collapsible section of GitLab's job log.
///
/// Source of the format: GitLab, "CI/CD job logs", "Create custom collapsible sections", and
/// `Gitlab::Regex.build_trace_section_regex`. Without its carriage return and escape a marker is mere text,
/// and neither is left in texts by others.
struct GitLabSection {
  /// Of letters, digits, `_`, `.` and `-`.
  let name: String
  let isCollapsed: Bool
  let title: String
  let lines: [String]

  /// Its lines, with the markers around them. GitLab shows how long a section took; how long each target took is not
  /// known, so none takes any time.
  ///
  /// - Parameters:
  ///   - owner: whose section it is, so that two results in one job do not share any.
  ///   - time: in seconds since 1970.
  func rendered(of owner: String, at time: Int) -> [String] {
    let signs = owner.unicodeScalars.filter {
      $0.isASCII
        && ($0.properties.isAlphabetic || $0.properties.numericType != nil
          || "_.-".unicodeScalars.contains($0))
    }
    let name = "warmth_\(String(String.UnicodeScalarView(signs)))_\(name)"
    let clear = "\u{1B}[0K"
    return [
      "\(clear)section_start:\(time):\(name)\(isCollapsed ? "[collapsed=true]" : "")\r\(clear)\(title)"
    ] + lines + ["\(clear)section_end:\(time):\(name)\r\(clear)"]
  }
}
