public import Foundation
public import NixModel

/// Makes machines, waits for them, and deletes them.
///
/// A process can be killed between any two lines of the ledger. So each call to the provider has a line before it, and
/// a machine is found again by its tag.
public struct Builder: Sendable {
  let cloud: any CloudProvider
  let ledger: BuildLedger
  let now: @Sendable () -> Date
  let pause: @Sendable (Duration) async throws -> Void
  let progress: @Sendable (BuildRecord) -> Void
  /// How long a machine that was asked for may take to appear in the provider's list, in seconds.
  private let visibility: TimeInterval

  /// - Parameters:
  ///   - cloud: the provider.
  ///   - ledger: where events are written down.
  ///   - now: the clock.
  ///   - pause: waits.
  ///   - progress: is told each new event.
  ///   - visibility: how long a machine that was asked for may take to appear in the provider's list, in seconds.
  public init(
    cloud: any CloudProvider, ledger: BuildLedger, now: @escaping @Sendable () -> Date = { Date() },
    pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    progress: @escaping @Sendable (BuildRecord) -> Void = { _ in }, visibility: TimeInterval = 120
  ) {
    self.cloud = cloud
    self.ledger = ledger
    self.now = now
    self.pause = pause
    self.progress = progress
    self.visibility = visibility
  }

  /// Between two looks at the provider.
  private var glance: Duration { .seconds(visibility / 24) }

  /// A machine of a build.
  public enum Start: Sendable {
    /// It was made.
    case made(BuildRecord)
    /// A build of the same order is under way, and was joined.
    case joined(BuildRecord)
  }

  // MARK: Start

  /// The kind of machine, and whether it can be paid.
  ///
  /// - Throws: ``CloudError``, ``PlanFlaw``.
  public func offer(for order: BuildOrder, mostCost: UInt64) async throws -> Offer {
    let offers = try await cloud.offers(in: order.region)
    guard let offer = offers.first(where: { $0.plan == order.plan }) else {
      let others = offers.filter { $0.disk > 0 }.sorted { $0.hourlyPrice < $1.hourlyPrice }
        .prefix(8).map { "\($0.plan) (\(Price($0.hourlyPrice))/h)" }
      throw PlanFlaw.offer(
        others.isEmpty
          ? "\(order.provider) has no machines in '\(order.region.excerpt)': see its list of regions"
          : "\(order.provider) has no '\(order.plan.excerpt)' in \(order.region.excerpt); it has \(others.joined(separator: ", "))"
      )
    }
    guard offer.disk > 0 else {
      throw PlanFlaw.offer(
        "'\(order.plan)' has no disk of its own, and builds would have to fit into memory: choose a plan with a disk"
      )
    }
    let cost = Price.most(hourly: offer.hourlyPrice, deadline: order.deadline)
    guard cost <= mostCost else { throw PlanFlaw.cost(cost, limit: mostCost) }
    return offer
  }

  /// Makes the machine of a plan, unless a build of the same order is under way.
  ///
  /// - Parameters:
  ///   - announce: tells the storage the machine's keys, after the beginning is on record and before the machine exists.
  ///   - start: the record's beginning.
  /// - Throws: ``CloudError``, ``BuilderError``, and errors of the ledger and of `announce`.
  public func start(
    _ request: ServerRequest, _ start: BuildStart, isAlive: @Sendable (Runner) -> Bool,
    announce: @Sendable () async throws -> Void
  ) async throws -> Start {
    for record in try ledger.unfinished() where record.start.order.isSame(as: start.order) {
      if let joined = try await settle(record, isAlive) { return .joined(joined) }
    }
    var record = try ledger.begin(start)
    // Of two that began at the same time, the one that began first goes on.
    if let first = try ledger.unfinished().first(where: { $0.start.order.isSame(as: start.order) }),
      first.start.id != start.id
    {
      _ = try add(
        .refused("the build \(first.start.id) of the same order began at the same time"), to: record)
      throw BuilderError.busy(first.start.id)
    }
    do { try await announce() } catch {
      _ = try add(.refused("the storage could not be told the keys: \(error)"), to: record)
      throw error
    }
    record = try add(.asked, to: record)
    do {
      let server = try await cloud.create(request)
      return .made(try note(server, in: record))
    } catch let error as CloudError {
      guard case .unknown = error.flaw else {
        _ = try add(.refused("\(error)"), to: record)
        throw error
      }
      if let found = try await find(record, until: now().addingTimeInterval(visibility)) {
        return .made(try note(found, in: record))
      }
      _ = try add(.gone, to: record)
      throw error
    }
  }

  /// Finds out what became of a build whose process is gone.
  ///
  /// - Returns: the record, where there is a machine whose work is to be waited for.
  /// - Throws: ``BuilderError/busy(_:)`` where another process is making the machine at this moment.
  func settle(_ record: BuildRecord, _ isAlive: @Sendable (Runner) -> Bool) async throws -> BuildRecord? {
    switch record.state {
    case .gone: return nil
    case .planned:
      if isAlive(record.start.runner) { throw BuilderError.busy(record.start.id) }
      _ = try add(.refused("the program that planned it ended before it asked for a machine"), to: record)
      return nil
    case .asked:
      if isAlive(record.start.runner) { throw BuilderError.busy(record.start.id) }
      let asked = record.events.last?.at ?? record.start.started
      guard let server = try await find(record, until: asked.addingTimeInterval(visibility)) else {
        _ = try add(.gone, to: record)
        return nil
      }
      return try note(server, in: record)
    case .running, .ended:
      guard let id = record.server, try await cloud.server(id) != nil else {
        _ = try add(.gone, to: record)
        return nil
      }
      return record
    case .deleting:
      _ = try await remove(record, .abandoned)
      return nil
    }
  }

  /// The record of a build with a machine whose work is to be waited for; `nil` where there is none any more.
  ///
  /// - Throws: ``BuilderError/busy(_:)`` where another process is making the machine at this moment.
  public func found(_ record: BuildRecord, isAlive: @Sendable (Runner) -> Bool) async throws -> BuildRecord? {
    try await settle(record, isAlive)
  }

  /// Looks whether the machine of a build is there, once.
  public func looked(at build: BuildRecord, isAlive: @Sendable (Runner) -> Bool) async throws -> BuildRecord {
    guard build.state != .deleting else { return try await remove(build, .abandoned) }
    guard
      let server = try await cloud.servers(tagged: "warmth-\(build.start.id)").first(where: {
        $0.state != .remainder
      })
    else {
      // Nobody asks for it any more, and what was asked for long ago would be in the list.
      guard
        build.state != .asked
          || !isAlive(build.start.runner) && build.lifetime(until: now()) > visibility
      else { return build }
      return try add(.gone, to: build)
    }
    let record = build.server == nil ? try add(.created(server: server.id), to: build) : build
    guard let address = server.address, address != record.address else { return record }
    return try add(.addressed(address), to: record)
  }

  /// The machine of a build by its tag. A provider's list can be late. Of several, the first stays and the others are
  /// deleted.
  private func find(_ record: BuildRecord, until limit: Date) async throws -> Server? {
    while true {
      let found = try await cloud.servers(tagged: "warmth-\(record.start.id)").filter {
        $0.state != .remainder
      }
      .sorted { $0.id < $1.id }
      for other in found.dropFirst() { try await cloud.delete(other.id) }
      if let first = found.first { return first }
      guard now() < limit else { return nil }
      try await pause(glance)
    }
  }

  private func note(_ server: Server, in record: BuildRecord) throws -> BuildRecord {
    let created = try add(.created(server: server.id), to: record)
    return try server.address.map { try add(.addressed($0), to: created) } ?? created
  }

  // MARK: Wait

  /// Waits until the machine is gone, or has done its work where it is kept.
  ///
  /// - Parameter reports: asks the machine what it says after a place in its journal; `nil` where it does not answer.
  public func wait(
    for build: BuildRecord,
    reports: @Sendable (_ machine: BuildRecord, _ after: String?) async -> [MachineReport]?
  ) async throws -> BuildRecord {
    var record = build
    var cursor: String?
    while record.state != .gone {
      guard let id = record.server else { throw BuilderError.noMachine(record.start.id, record.state) }
      let server: Server?
      do { server = try await cloud.server(id) } catch {
        // The provider may answer again; the deadline in the machine and `reap` end it otherwise.
        guard error.isPassing, now() < record.start.expires else { throw error }
        try await pause(glance)
        continue
      }
      guard let server else { return try add(.gone, to: record) }
      if let address = server.address, address != record.address {
        record = try add(.addressed(address), to: record)
      }
      if server.state == .running || record.phase != nil, record.address != nil,
        let said = await reports(record, cursor)
      {
        for report in said {
          cursor = report.cursor
          if record.isNews(report.fact) { record = try add(report.fact, at: report.at, to: record) }
        }
      }
      if let end = record.end, end.isSuccess {
        return record.start.order.isKept ? record : try await remove(record, .ended)
      }
      if server.state == .stopped, record.phase != nil || record.hasRun(for: visibility, at: now()) {
        return try await remove(record, record.end == nil ? .stopped : .ended)
      }
      if now() >= record.start.expires { return try await remove(record, .expired) }
      try await pause(glance)
    }
    return record
  }

  // MARK: End

  /// Deletes the machine of a build.
  public func remove(_ build: BuildRecord, _ reason: BuildDeletion) async throws -> BuildRecord {
    guard build.state.mayHaveMachine else { return build }
    let record = try add(.deleting(reason), to: build)
    var ids = try await cloud.servers(tagged: "warmth-\(record.start.id)").map(\.id)
    if let id = record.server, !ids.contains(id) { ids.append(id) }
    for id in ids { try await cloud.delete(id) }
    return try add(.gone, to: record)
  }

  /// A machine that was deleted by ``reap(isAlive:)``, or was left alone because nothing says how long it may live.
  public struct Reaped: Hashable, Sendable {
    public let server: Server
    /// `nil` where it was left alone.
    public let reason: BuildDeletion?
  }

  /// Deletes every machine of ours that is past its time or stands still. It needs no ledger; where the ledger knows a
  /// machine, it is written down.
  public func reap(isAlive: @Sendable (Runner) -> Bool) async throws -> [Reaped] {
    var known = Dictionary(try ledger.unfinished().map { ($0.start.id, $0) }) { first, _ in first }
    var reaped: [Reaped] = []
    for server in try await cloud.servers(tagged: Server.tag) {
      guard let expires = server.expires else {
        reaped.append(Reaped(server: server, reason: nil))
        continue
      }
      let isDue = expires <= now()
      guard isDue || server.state == .stopped && !(server.build.map { isYoung(known[$0]) } ?? false) else {
        continue
      }
      let reason = isDue ? BuildDeletion.expired : .stopped
      if let build = server.build, let record = known[build], record.state.mayHaveMachine,
        server.state != .remainder
      {
        known[build] = try await remove(record, reason)
      } else {
        try await cloud.delete(server.id)
      }
      reaped.append(Reaped(server: server, reason: reason))
    }
    for record in known.values where record.state != .gone && record.start.expires <= now() {
      // Its machine is not in the list, or was deleted just now.
      _ = try? await settle(record, isAlive)
    }
    return reaped
  }

  /// Whether a machine may stand still because it is still being made.
  private func isYoung(_ record: BuildRecord?) -> Bool {
    record.map { $0.phase == nil && !$0.hasRun(for: visibility, at: now()) } ?? false
  }

  private func add(_ fact: BuildEvent.Fact, at instant: Date? = nil, to record: BuildRecord) throws
    -> BuildRecord
  {
    let record = try ledger.add(BuildEvent(at: instant ?? now(), fact), record.start.id)
    progress(record)
    return record
  }
}

extension BuildRecord {
  /// Whether a report says what the record does not have yet.
  fileprivate func isNews(_ fact: BuildEvent.Fact) -> Bool {
    guard state == .running else { return false }
    if case .reached(let phase) = fact { return self.phase.map { phase > $0 } ?? true }
    return true
  }

  fileprivate func hasRun(for seconds: TimeInterval, at instant: Date) -> Bool {
    lifetime(until: instant) > seconds
  }
}

extension CloudError {
  /// Whether the same call may succeed later.
  fileprivate var isPassing: Bool {
    switch flaw {
    case .throttled, .unreachable, .unknown: true
    case .unauthorized, .refused, .noCapacity, .unreadable: false
    }
  }
}

/// Why a builder cannot go on.
public enum BuilderError: Error, Hashable, Sendable {
  /// Another process is making the machine of this build.
  case busy(RunID)
  /// The build has no machine.
  case noMachine(RunID, BuildState)
}

extension BuilderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .busy(let id):
      "the build \(id) of the same order is being started by another process; `warmth builder wait \(id)` waits for it"
    case .noMachine(let id, let state):
      "the build \(id) is \(state.name) and has no machine that could be waited for; `warmth builder status \(id)` tells more"
    }
  }
}
