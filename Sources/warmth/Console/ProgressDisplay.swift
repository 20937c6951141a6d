import Foundation
import NixModel
import Reporting
import Synchronization

/// Shows the progress of a run: redrawn in place on a terminal, plain lines elsewhere.
final class ProgressDisplay: Sendable {
  /// Each has its own lock, under which it changes in place: Nix tells of progress a million times.
  private enum Face: ~Copyable, Sendable {
    case live(Mutex<Live>)
    case plain(Mutex<PlainProgress>)
  }

  private struct Live {
    var progress: LiveProgress
    var region = LiveRegion()
  }

  private let face: Face
  private let showsBuilders: Bool
  private let isQuiet = Presentation.chosen.isQuiet
  /// Folds the lines of copies in a forge's log, and whether it is open.
  private let fold: LogFold?
  private let isFolded = Mutex(false)
  private let began = ContinuousClock.now

  /// - Parameter showsBuilders: whether every line of a builder is shown.
  init(targets: Int, showsBuilders: Bool = false) {
    self.showsBuilders = showsBuilders
    let forge = Forge.here
    fold = forge.readsCommands ? .workflow : forge.foldsSections ? .gitLab(name: "copies") : nil
    face =
      Console.isTerminal(STDERR_FILENO)
      ? .live(Mutex(Live(progress: LiveProgress(targets: targets))))
      : .plain(Mutex(PlainProgress(targets: targets)))
  }

  /// Whether it shows how the bytes of a copy arrive.
  var isLive: Bool {
    switch face {
    case .live: !isQuiet
    case .plain: false
    }
  }

  /// Takes an event; on a terminal it shows with the next redrawing.
  @Sendable func note(_ event: ProgressEvent) {
    guard !isQuiet else { return }
    switch face {
    case .live(let live):
      live.withLock { live in
        live.progress.note(event, at: .now - began)
        guard showsBuilders, case .log(let said) = event, let line = PlainProgress.builderLine(said.kind)
        else {
          return
        }
        Console.draw(live.region.print([line]))
      }
    case .plain(let plain):
      plain.withLock {
        let lines = $0.lines(for: event, at: .now - began)
        if case .realizing = event, let fold, !isFolded.exchange(true) {
          Console.command(fold.opening(lines.joined(separator: "; "), at: .now))
        } else {
          lines.forEach(Console.say)
        }
      }
    }
  }

  /// Redraws ten times a second, or breaks long silences, while `work` runs, and leaves nothing behind.
  func show<Value: Sendable>(during work: () async throws -> Value) async rethrows -> Value {
    let ticker = Task {
      while !Task.isCancelled {
        redraw()
        try await Task.sleep(for: isLive ? .milliseconds(100) : .seconds(1))
      }
    }
    defer {
      ticker.cancel()
      clear()
    }
    return try await work()
  }

  private func redraw() {
    guard !isQuiet else { return }
    switch face {
    case .live(let live):
      live.withLock { live in
        Console.draw(
          live.region.redraw(
            live.progress.render(width: Console.width(STDERR_FILENO) ?? 80, now: .now - began)))
      }
    case .plain(let plain): plain.withLock { $0.heartbeat(at: .now - began).map(Console.say) }
    }
  }

  private func clear() {
    switch face {
    case .live(let live): live.withLock { Console.draw($0.region.clear()) }
    case .plain:
      if let fold, isFolded.exchange(false) { Console.command(fold.closing(at: .now)) }
    }
  }
}

extension Mutex where Value == Bool {
  /// Sets the value.
  ///
  /// - Returns: the value before.
  fileprivate func exchange(_ value: Bool) -> Bool {
    withLock { before in
      defer { before = value }
      return before
    }
  }
}
