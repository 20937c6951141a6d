/// Figures as a scraper reads them.
///
/// Source: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec). Every figure is a gauge without a time
/// stamp, so that readers of Prometheus' older text format, such as the textfile collector of node_exporter, take the same
/// bytes.
package struct Exposition: Hashable, Sendable {
  /// The families, in order.
  package let families: [Family]

  /// Figures of one kind.
  package struct Family: Hashable, Sendable {
    /// `warmth_target_duration_seconds`.
    package let name: String
    /// What it says, in a sentence.
    package let help: String
    /// Its figures.
    package let samples: [Sample]
  }

  /// One figure.
  package struct Sample: Hashable, Sendable {
    /// Its labels, in order.
    package let labels: [Label]
    /// Its value.
    package let value: Double
  }

  /// A label of a figure.
  package struct Label: Hashable, Sendable {
    package let name: String
    package let value: String

    init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// The text, ending with the mark of a whole exposition.
  package var text: String {
    families.filter { !$0.samples.isEmpty }.map(\.text).joined() + "# EOF\n"
  }
}

extension Exposition.Family {
  fileprivate var text: String {
    let head = "# TYPE \(name) gauge\n# HELP \(name) \(help)\n"
    return samples.reduce(into: head) { text, sample in
      let labels = sample.labels.map { "\($0.name)=\"\($0.value.escapedAsLabel)\"" }.joined(separator: ",")
      text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.number)\n"
    }
  }
}

extension Exposition.Sample {
  /// Whole numbers without a point, which nearly all are.
  fileprivate var number: String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}

extension String {
  /// A backslash, a quote and a newline are the only ones that the format escapes.
  fileprivate var escapedAsLabel: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
