import Foundation
import NIOConcurrencyHelpers

/// A provider that listens on loopback and answers as Vultr does: version 2 of its API, with its statuses, its pages,
/// its states that go back and forth, and whatever goes wrong there.
///
/// Source: https://www.vultr.com/api/, govultr, and answers of the live API as others have noted them.
public final class StandInVultr: Sendable {
  /// The key that it accepts.
  public static let key = "STANDIN-KEY-THAT-NOBODY-MAY-SEE"

  /// Something that goes wrong.
  public enum Fault: Hashable, Sendable {
    /// The next order of a machine is refused with this status and sentence.
    case refusal(status: Int, String)
    /// The next order is taken, and the connection breaks before the answer.
    case takenAndBroken
    /// The next order is not taken, and answered with 503.
    case notTakenAndBusy
    /// So many requests are answered with 429.
    case throttled(Int)
    /// So many lists do not show the newest machine.
    case hidden(Int)
  }

  /// A machine as it was ordered.
  public struct Machine: Sendable {
    public let id: String
    public let label: String
    public let tags: [String]
    /// As the machine reads it.
    public let userData: String
    /// The script that iPXE runs.
    public let script: String
    /// What the provider shows in turn; the last stays.
    var states: [(status: String, power: String, server: String, address: String)]
  }

  private struct State {
    var machines: [Machine] = []
    var scripts: [(id: String, name: String, text: String)] = []
    var faults: [Fault] = []
    var deleted: [String] = []
    var ordered: [Machine] = []
    var number = 0
  }

  private let state: NIOLockedValueBox<State>
  private let server: StubCache

  /// - Parameters:
  ///   - address: the public address of its machines.
  ///   - files: further files that it serves, by their paths.
  ///   - isRunning: whether a machine's program still runs; `nil` where there is none.
  ///   - made: is called with each new machine.
  ///   - removed: is called with the identifier of each machine that was deleted.
  ///   - asked: is called with each request (`POST /instances`), and says whether it is carried out.
  public init(
    address: String = "192.0.2.7", files: [String: [UInt8]] = [:],
    isRunning: @escaping @Sendable (String) -> Bool? = { _ in nil },
    made: @escaping @Sendable (Machine) -> Void = { _ in },
    removed: @escaping @Sendable (String) -> Void = { _ in },
    asked: @escaping @Sendable (String) -> Bool = { _ in true }
  ) async throws {
    let state = NIOLockedValueBox(State())
    self.state = state
    server = try await StubCache { request in
      if let file = files[request.path] { return StubCache.Answer(status: 200, body: file) }
      switch request.path {
      // What a machine of it asks at its real address.
      case "/latest/user-data":
        return state.withLockedValue { $0.ordered.last.map { .text($0.userData) } } ?? .notFound
      case "/boot.ipxe":
        return state.withLockedValue { $0.ordered.last.map { .text($0.script) } } ?? .notFound
      default: break
      }
      guard request.headers["authorization"] == "Bearer \(Self.key)" else {
        return Self.error(401, "Invalid API token.")
      }
      guard asked("\(request.method) \(request.path.dropFirst("/v2".count))") else {
        return Self.error(503, "Service Unavailable")
      }
      return Self.answer(request, state, address, isRunning, made, removed)
    }
  }

  /// The address of its API.
  public var url: String { "\(server.url)/v2" }
  /// Its port.
  public var port: Int { URL(string: server.url)?.port ?? 0 }
  /// Everything it was asked.
  public var requests: [StubCache.Request] { server.requests }
  /// The machines that there are.
  public var machines: [Machine] { state.withLockedValue(\.machines) }
  /// All machines that there ever were.
  public var ordered: [Machine] { state.withLockedValue(\.ordered) }
  /// The names of the scripts that there are.
  public var scripts: [String] { state.withLockedValue { $0.scripts.map(\.name) } }

  /// Lets something go wrong from now on.
  public func fail(_ faults: Fault...) { state.withLockedValue { $0.faults += faults } }

  /// Lets all machines be made at once.
  public func finish() {
    state.withLockedValue { state in
      for index in state.machines.indices {
        state.machines[index].states.removeFirst(state.machines[index].states.count - 1)
      }
    }
  }

  /// Lets all machines stand still.
  public func halt() {
    state.withLockedValue { state in
      for index in state.machines.indices {
        let address = state.machines[index].states.last?.address ?? "0.0.0.0"
        state.machines[index].states = [("active", "stopped", "ok", address)]
      }
    }
  }

  /// Takes all machines away, as another operator would.
  public func vanish() { state.withLockedValue { $0.machines = [] } }

  private static func answer(
    _ request: StubCache.Request, _ state: NIOLockedValueBox<State>, _ address: String,
    _ isRunning: (String) -> Bool?, _ made: (Machine) -> Void, _ removed: (String) -> Void
  ) -> StubCache.Answer {
    let throttled = state.withLockedValue { state -> Bool in
      guard case .throttled(let count) = state.faults.first else { return false }
      if count > 1 { state.faults[0] = .throttled(count - 1) } else { state.faults.removeFirst() }
      return true
    }
    if throttled { return error(429, "Too many requests") }
    let parts = URLComponents(string: request.path)
    let path = String((parts?.path ?? "").dropFirst("/v2".count))
    let query = Dictionary((parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
    let id = String(path.split(separator: "/").last ?? "")
    switch (request.method, path) {
    case ("GET", "/plans"): return plans(query)
    case ("GET", "/os"):
      return json([
        "os": [["id": 124, "name": "Windows"], ["id": 159, "name": "Custom"]], "meta": meta(""),
      ])
    case ("GET", "/startup-scripts"):
      let all = state.withLockedValue { $0.scripts.map { ["id": $0.id, "name": $0.name, "type": "pxe"] } }
      return json(["startup_scripts": all, "meta": meta("")])
    case ("POST", "/startup-scripts"):
      guard let body = try? JSONDecoder().decode([String: String].self, from: Data(request.body)),
        let name = body["name"], body["type"] == "pxe", let script = Data(base64Encoded: body["script"] ?? "")
      else { return error(400, "Invalid script.") }
      let id = state.withLockedValue { state in
        state.number += 1
        state.scripts.append(("script-\(state.number)", name, String(decoding: script, as: UTF8.self)))
        return "script-\(state.number)"
      }
      return json(["startup_script": ["id": id, "name": name]], status: 201)
    case ("DELETE", _) where path.hasPrefix("/startup-scripts/"):
      state.withLockedValue { $0.scripts.removeAll { $0.id == id } }
      return StubCache.Answer(status: 204)
    case ("POST", "/instances"): return make(request, state, address, made)
    case ("GET", "/instances"): return list(state, query, isRunning)
    case ("GET", _) where path.hasPrefix("/instances/"):
      let found = state.withLockedValue { state -> [String: Any]? in
        guard let index = state.machines.firstIndex(where: { $0.id == id }) else { return nil }
        if state.machines[index].states.count > 1 { state.machines[index].states.removeFirst() }
        return shown(state.machines[index], isRunning)
      }
      return found.map { json(["instance": $0]) } ?? error(404, "Invalid instance-id.")
    case ("DELETE", _) where path.hasPrefix("/instances/"):
      let wasThere = state.withLockedValue { state -> Bool in
        let before = state.machines.count
        state.machines.removeAll { $0.id == id }
        return state.machines.count < before
      }
      guard wasThere else { return error(404, "Invalid instance-id.") }
      removed(id)
      return StubCache.Answer(status: 204)
    default: return error(404, "Not found")
    }
  }

  private static func make(
    _ request: StubCache.Request, _ state: NIOLockedValueBox<State>, _ address: String,
    _ made: (Machine) -> Void
  ) -> StubCache.Answer {
    struct Order: Decodable {
      let region: String
      let plan: String
      let os_id: Int
      let script_id: String
      let user_data: String
      let label: String
      let tags: [String]
    }
    guard let order = try? JSONDecoder().decode(Order.self, from: Data(request.body)), order.os_id == 159,
      let data = Data(base64Encoded: order.user_data)
    else { return error(400, "Invalid order.") }
    let fault = state.withLockedValue { state -> Fault? in
      guard let index = state.faults.firstIndex(where: { if case .hidden = $0 { false } else { true } })
      else {
        return nil
      }
      return state.faults.remove(at: index)
    }
    if case .refusal(let status, let words) = fault { return error(status, words) }
    if fault == .notTakenAndBusy { return error(503, "Service Unavailable") }
    let machine = state.withLockedValue { state -> Machine? in
      guard let script = state.scripts.first(where: { $0.id == order.script_id }) else { return nil }
      state.number += 1
      let machine = Machine(
        id: "machine-\(state.number)", label: order.label, tags: order.tags,
        userData: String(decoding: data, as: UTF8.self), script: script.text,
        states: [
          ("pending", "stopped", "none", "0.0.0.0"), ("active", "running", "installingbooting", "0.0.0.0"),
          ("active", "stopped", "locked", address), ("active", "running", "installingbooting", address),
        ])
      state.machines.append(machine)
      state.ordered.append(machine)
      return machine
    }
    guard let machine else { return error(400, "Invalid script_id.") }
    made(machine)
    let answer = json(["instance": shown(machine) { _ in nil }], status: 202)
    return fault == .takenAndBroken ? answer.cut(after: 0) : answer
  }

  /// One machine a page.
  private static func list(
    _ state: NIOLockedValueBox<State>, _ query: [String: String], _ isRunning: (String) -> Bool?
  ) -> StubCache.Answer {
    let visible = state.withLockedValue { state -> [Machine] in
      var all = state.machines.filter { query["tag"].map($0.tags.contains) ?? true }
      if let index = state.faults.firstIndex(where: { if case .hidden = $0 { true } else { false } }),
        case .hidden(let count) = state.faults[index], !all.isEmpty
      {
        all.removeLast()
        if count > 1 { state.faults[index] = .hidden(count - 1) } else { state.faults.remove(at: index) }
      }
      return all
    }
    let index = Int(query["cursor"] ?? "0") ?? 0
    let next = index + 1 < visible.count ? "\(index + 1)" : ""
    return json([
      "instances": visible.dropFirst(index).prefix(1).map { shown($0, isRunning) }, "meta": meta(next),
    ])
  }

  private static func shown(_ machine: Machine, _ isRunning: (String) -> Bool?) -> [String: Any] {
    var (status, power, server, address) = machine.states.first ?? ("active", "running", "ok", "0.0.0.0")
    if isRunning(machine.id) == false { (status, power, server) = ("active", "stopped", "ok") }
    return [
      "id": machine.id, "label": machine.label, "tags": machine.tags, "status": status, "power_status": power,
      "server_status": server, "main_ip": address, "something_new": ["of": "another version"],
    ]
  }

  private static func plans(_ query: [String: String]) -> StubCache.Answer {
    let pages: [[[String: Any]]] = [
      [
        [
          "id": "vhp-8c-16gb-amd", "ram": 16384, "disk": 350, "monthly_cost": 96,
          "locations": ["fra", "ams"],
          "type": "vhp",
        ]
      ],
      [
        [
          "id": "vx1-diskless", "ram": 16384, "disk": 0, "monthly_cost": 90.5, "hourly_cost": 0.135,
          "locations": ["fra"], "storage_type": "block_storage",
        ]
      ],
    ]
    let index = Int(query["cursor"] ?? "0") ?? 0
    return json(["plans": pages[min(index, 1)], "meta": meta(index == 0 ? "1" : "")])
  }

  private static func meta(_ next: String) -> [String: Any] {
    ["total": 1, "links": ["next": next, "prev": ""]]
  }

  private static func json(_ value: [String: Any], status: Int = 200) -> StubCache.Answer {
    let body = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
    return StubCache.Answer(status: status, headers: ["Content-Type": "application/json"], body: Array(body))
  }

  private static func error(_ status: Int, _ words: String) -> StubCache.Answer {
    json(["error": words, "status": status], status: status)
  }
}
