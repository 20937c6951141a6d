package import Foundation
package import NixModel

// The one place that words the statements of a publication.
extension PathPublication {
  /// `pushed, served`.
  var words: String {
    switch said {
    case .path(let path):
      [path.published.rawValue, path.servedWord].compactMap(\.self).joined(separator: ", ")
    case .output(let outcome): "target \(outcome.rawValue)"
    }
  }

  /// `runner-1 to main`.
  var route: String {
    let place = head.publisher.runner.place
    return head.destination.map { "\(place) to \($0.name)" } ?? place
  }

  var role: Style.Role {
    switch said {
    case .path(let path): path.isServed.map { $0 ? .good : .bad } ?? path.published.role
    case .output(let outcome): outcome == .failed ? .bad : .doubtful
    }
  }

  /// `3 h before this run, on runner-1: pushed to main, and the read side served it then (publication …)`.
  package func sentence(besideRunOf start: Date) -> String {
    let seconds = Instant.seconds(from: head.started, to: start)
    let span = Quantity.span(seconds: abs(seconds))
    let when = seconds >= 0 ? "\(span) before this run" : "\(span) after this run began"
    return "\(when), on \(head.publisher.runner.place): \(outcomeClause) (publication \(head.id))"
  }

  private var outcomeClause: String {
    let cache = head.destination?.name ?? "no cache"
    switch said {
    case .output(.failed): return "its target failed, so it was not published"
    case .output(let outcome): return "its target was \(outcome.rawValue), and it was not published"
    case .path(let path):
      let published =
        switch path.published {
        case .pushed: "pushed to \(cache)"
        case .alreadyThere: "found in \(cache) already"
        case .filtered: "left out by the upstream filter of \(cache)"
        case .failed: "it could not be pushed to \(cache)"
        case .notPushed: "\(path.outcome.rawValue) there, and not pushed"
        }
      return switch path.isServed {
      case true?: "\(published), and the read side served it then"
      case false?: "\(published), and the read side did not serve it then"
      case nil: published
      }
    }
  }
}

extension PublishedPath {
  /// `served`, `not served`; nothing where the read side was not asked.
  package var servedWord: String? { isServed.map { $0 ? "served" : "not served" } }
}

extension PublishedPath.Published {
  var role: Style.Role {
    switch self {
    case .pushed, .alreadyThere: .good
    case .failed, .filtered: .bad
    case .notPushed: .doubtful
    }
  }
}

extension PublicationState {
  var role: Style.Role {
    switch self {
    case .published: .good
    case .built, .interrupted: .doubtful
    case .failed: .bad
    }
  }
}

extension PublishedTarget.Outcome {
  var role: Style.Role {
    switch self {
    case .built, .substituted, .alreadyValid: .good
    case .failed: .bad
    case .skipped: .doubtful
    }
  }
}

extension Runner {
  /// The pod, or else the host.
  package var place: String { pod ?? host }
}

extension PublicationCounts {
  /// `12 paths: 8 pushed, 4 already there; 12 served, 0 not served`.
  package var phrase: String {
    let parts = [
      (pushed, "pushed"), (alreadyThere, "already there"), (filtered, "left out by the upstream filter"),
      (failed, "failed to be pushed"), (notPushed, "not pushed"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let said = parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))"
    let answers =
      served + notServed > 0 ? "; the read side served \(served), and did not serve \(notServed)" : ""
    return "\(Words.count(paths, "path"))\(said)\(answers)"
  }
}
