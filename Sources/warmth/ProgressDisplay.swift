import Foundation
import NixModel
import Reporting
import Synchronization

/// Shows a run to the person who waits for it: redrawn in place on a terminal, plain lines elsewhere.
final class ProgressDisplay: Sendable {
  private enum Face {
    case live(LiveProgress, LiveRegion)
    case plain(PlainProgress)
  }

  private let face: Mutex<Face>
  private let began = ContinuousClock.now

  init(targets: Int) {
    face = Mutex(
      Console.isTerminal(STDERR_FILENO)
        ? .live(LiveProgress(targets: targets), LiveRegion()) : .plain(PlainProgress()))
  }

  /// Takes an event; on a terminal it shows with the next redrawing.
  @Sendable func note(_ event: ProgressEvent) {
    face.withLock { face in
      switch face {
      case .live(var progress, let region):
        progress.note(event, at: .now - began)
        face = .live(progress, region)
      case .plain(var progress):
        for line in progress.lines(for: event) { Console.say(line) }
        face = .plain(progress)
      }
    }
  }

  /// Redraws ten times a second while `work` runs, and leaves nothing behind.
  func show<Value: Sendable>(during work: () async throws -> Value) async rethrows -> Value {
    let ticker = Task {
      while !Task.isCancelled {
        redraw()
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    defer {
      ticker.cancel()
      clear()
    }
    return try await work()
  }

  private func redraw() {
    face.withLock { face in
      guard case .live(let progress, var region) = face else { return }
      let lines = progress.render(width: Console.width(STDERR_FILENO) ?? 80, now: .now - began)
      Console.draw(region.redraw(lines))
      face = .live(progress, region)
    }
  }

  private func clear() {
    face.withLock { face in
      guard case .live(let progress, var region) = face else { return }
      Console.draw(region.clear())
      face = .live(progress, region)
    }
  }
}
