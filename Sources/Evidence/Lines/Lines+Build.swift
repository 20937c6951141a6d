package import Foundation
package import NixModel

// A build by an ephemeral builder: its beginning, and its events, each of which is an entry of its own because it is
// written as it happens.
extension BuildStart {
  package func entries() -> [Entry] {
    let own = JSON.item { item in
      item.add("id", id.text)
      item.add("started", Instant.text(started))
      item.add("program", program)
      item.add(runner)
      item.add("expires", Instant.text(expires))
      item.add("provider", order.provider)
      item.add("region", order.region)
      item.add("plan", order.plan)
      item.add("hourlyPrice", order.hourlyPrice)
      item.add("deadline", order.deadline)
      item.add("kept", if: order.isKept)
      item.add("source", order.source)
      item.add("targets", texts: order.targets)
      item.add("destination", order.destination)
      item.add("hostKey", identity.hostKey)
      item.add("signingKey", identity.signingKey)
      item.add("uploadKey", identity.uploadKey)
      item.add("bootstrap", identity.bootstrap)
      item.add("publicLogs", if: identity.hasPublicLogs)
      if let occasion { item.add("occasion", .item { $0.add(occasion) }) }
    }
    return Entry.entries(.build, [own])
  }

  init(_ item: Item) throws {
    self.init(
      id: RunID(try item.text("id")), started: try item.instant("started"), program: try item.text("program"),
      runner: try item.runner(),
      occasion: try item.item(ifAny: "occasion").flatMap { try $0.occasion() },
      order: BuildOrder(
        provider: try item.text("provider"), region: try item.text("region"), plan: try item.text("plan"),
        hourlyPrice: try item.number(ifAny: "hourlyPrice"), deadline: try item.number("deadline"),
        isKept: try item.flag("kept"), source: try item.text(ifAny: "source"),
        targets: try item.texts("targets"),
        destination: try item.text("destination")),
      expires: try item.instant("expires"),
      identity: BuilderIdentity(
        hostKey: try item.text("hostKey"), signingKey: try item.text(ifAny: "signingKey"),
        uploadKey: try item.text(ifAny: "uploadKey"), bootstrap: try item.text("bootstrap"),
        hasPublicLogs: try item.flag("publicLogs")))
  }
}

extension BuildEvent {
  package func entries() -> [Entry] {
    let own = JSON.item { item in
      item.add("at", Instant.text(at))
      item.add("event", fact.name)
      switch fact {
      case .asked, .reached, .gone: break
      case .refused(let message): item.add("message", message)
      case .created(let server): item.add("server", server)
      case .addressed(let address): item.add("address", address)
      case .ended(let end):
        item.add("exit", end.exit)
        item.add("reason", end.reason)
        item.add("message", end.message)
        item.add("outputs", texts: end.outputs)
        item.add("uploaded", if: end.isUploaded)
      case .deleting(let deletion): item.add("reason", deletion.rawValue)
      case .served(let receipt):
        item.add("cache", receipt.cache)
        item.add("paths", receipt.paths)
        item.add("served", receipt.served)
      case .proved(let run, let verdict):
        item.add("run", run.text)
        item.add("verdict", verdict.rawValue)
      }
    }
    return Entry.entries(.steps, [own])
  }

  init(_ item: Item) throws {
    let name = try item.text("event")
    let fact: Fact
    switch name {
    case "asked": fact = .asked
    case "refused": fact = .refused(try item.text("message"))
    case "created": fact = .created(server: try item.text("server"))
    case "addressed": fact = .addressed(try item.text("address"))
    case "ended":
      fact = .ended(
        BuildEnd(
          exit: try item.number("exit"), reason: try item.text("reason"), message: try item.text("message"),
          outputs: try item.texts("outputs").map { try StorePath(parsing: $0) },
          isUploaded: try item.flag("uploaded")))
    case "deleting": fact = .deleting(try item.word("reason"))
    case "gone": fact = .gone
    case "served":
      fact = .served(
        BuildReceipt(
          cache: try item.text("cache"), paths: try item.number("paths"), served: try item.number("served")))
    case "proved": fact = .proved(run: RunID(try item.text("run")), try item.word("verdict"))
    default: fact = .reached(try item.word("event"))
    }
    self.init(at: try item.instant("at"), fact)
  }
}

extension BuildRecord {
  package func entries() -> [Entry] { start.entries() + events.flatMap { $0.entries() } }
}

/// The end of a build's record: nothing is added to it any more.
package struct BuildEnding {
  private let at: Date

  /// An end.
  package init(at: Date) { self.at = at }

  init(_ item: Item) throws { at = try item.instant("at") }

  package var entry: Entry {
    Entry.entries(.closed, [.item { $0.add("at", Instant.text(at)) }])[0]
  }
}

extension Contents {
  package func build() throws -> BuildRecord {
    try BuildRecord(start: BuildStart(try item(.build)), events: try items(.steps).map { try BuildEvent($0) })
  }
}
