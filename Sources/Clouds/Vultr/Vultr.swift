import AsyncHTTPClient
public import Building
import Foundation
import NixModel

/// Vultr, by version 2 of its API.
///
/// Source: https://www.vultr.com/api/, govultr's `instance.go`, `startup_script.go` and `plan.go`.
public struct Vultr: CloudProvider {
  /// The address of the API.
  public static let address = "https://api.vultr.com/v2"
  /// The most bytes of user data. Vultr documents no limit; other providers take as many.
  public static let userDataLimit = 16 << 10
  /// The name of the operating system that stands for a machine without one.
  private static let withoutSystem = "Custom"

  private let transport: CloudTransport
  private let client: HTTPClient
  private let pause: @Sendable (Duration) async throws -> Void

  /// - Parameters:
  ///   - key: goes into the header of each request and nowhere else.
  ///   - address: of the API.
  public init(key: String, address: String = Self.address) {
    self.init(key: key, address: address) { try await Task.sleep(for: $0) }
  }

  init(key: String, address: String, pause: @escaping @Sendable (Duration) async throws -> Void) {
    client = CloudTransport.client()
    transport = .http(address, key: key, through: client)
    self.pause = pause
  }

  /// Closes its connections. To be called once, at the end.
  public func shutdown() async { try? await client.shutdown() }

  /// Pauses before a question is asked again.
  private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(5)]

  // MARK: The five calls

  public func offers(in region: String) async throws(CloudError) -> [Offer] {
    let plans: [PlanPart] = try await all("/plans", "plans", as: PlansAnswer.self, { ($0.plans, $0.meta) })
    return plans.filter { $0.locations.contains(region) }.map { plan in
      // Without an hour's price: a month of 672 hours is the most that Vultr counts.
      let dollars = plan.hourly_cost ?? plan.monthly_cost / 672
      return Offer(
        plan: plan.id, memory: UInt64(max(0, plan.ram)) << 20,
        disk: plan.storage_type == "block_storage" ? 0 : UInt64(max(0, plan.disk)) << 30,
        hourlyPrice: UInt64(saturating: (dollars * 1_000_000).rounded(.up)))
    }
  }

  public func create(_ request: ServerRequest) async throws(CloudError) -> Server {
    let call = "make a machine"
    let systems: [SystemPart] = try await all(
      "/os", "list systems", as: SystemsAnswer.self, { ($0.os, $0.meta) })
    guard let system = systems.first(where: { $0.name == Self.withoutSystem }) else {
      throw CloudError(
        provider: "Vultr", call: call,
        .refused("it lists no operating system '\(Self.withoutSystem)' any more"))
    }
    let script: ScriptAnswer
    do {
      script = try await tell(
        "POST", "/startup-scripts", "keep the script for iPXE",
        ScriptOrder(name: Self.name(ofScriptFor: request), type: "pxe", script: Data(request.script.utf8)))
    } catch {
      // No machine was asked for yet, whatever became of the script.
      guard case .unknown(let cause) = error.flaw else { throw error }
      throw CloudError(provider: "Vultr", call: error.call, .unreachable(cause))
    }
    let answer: InstanceAnswer = try await tell(
      "POST", "/instances", call,
      InstanceOrder(
        region: request.region, plan: request.plan, os_id: system.id, script_id: script.startup_script.id,
        user_data: Data(request.userData.utf8), label: request.label, hostname: request.label.lowercased(),
        tags: request.tags, enable_ipv6: false, backups: "disabled", activation_email: false))
    return answer.instance.server
  }

  public func servers(tagged tag: String) async throws(CloudError) -> [Server] {
    let instances: [InstancePart] = try await all(
      "/instances?tag=\(Self.encoded(tag))", "list machines", as: InstancesAnswer.self,
      { ($0.instances, $0.meta) })
    // An answer that does not heed the question must not delete what is not ours.
    let servers = instances.map(\.server).filter { $0.tags.contains(tag) }
    let owners = Set(servers.flatMap(\.tags))
    let scripts: [ScriptPart] = try await all(
      "/startup-scripts", "list scripts", as: ScriptsAnswer.self, { ($0.startup_scripts, $0.meta) })
    let remainders = scripts.compactMap { script -> Server? in
      let tags = [Server.tag] + script.name.split(separator: " ").map(String.init)
      guard tags.count == 3, tags.contains(tag), tags[1].hasPrefix("warmth-"), !owners.contains(tags[1])
      else {
        return nil
      }
      return Server(id: Self.scriptMark + script.id, state: .remainder, address: nil, tags: tags)
    }
    return servers + remainders
  }

  public func server(_ id: String) async throws(CloudError) -> Server? {
    guard !id.hasPrefix(Self.scriptMark) else { return nil }
    let call = "show the machine \(id)"
    let response = try await ask(.init(path: "/instances/\(Self.encoded(id))"), call)
    if response.status == 404 { return nil }
    return try decode(InstanceAnswer.self, try accepted(response, call), call).instance.server
  }

  public func delete(_ id: String) async throws(CloudError) {
    if id.hasPrefix(Self.scriptMark) {
      return try await delete(
        at: "/startup-scripts/\(Self.encoded(String(id.dropFirst(Self.scriptMark.count))))", id)
    }
    let label = try await server(id)?.build.map { "warmth-\($0)" }
    try await delete(at: "/instances/\(Self.encoded(id))", id)
    guard let label else { return }
    let scripts: [ScriptPart] = try await all(
      "/startup-scripts", "list scripts", as: ScriptsAnswer.self, { ($0.startup_scripts, $0.meta) })
    for script in scripts where script.name.hasPrefix(label + " ") {
      try await delete(at: "/startup-scripts/\(Self.encoded(script.id))", script.id)
    }
  }

  /// The beginning of an identifier that is a script's.
  private static let scriptMark = "script:"

  private static func name(ofScriptFor request: ServerRequest) -> String {
    "\(request.label) expires-\(Int(request.expires.timeIntervalSince1970))"
  }

  // MARK: Conversation

  private func delete(at path: String, _ id: String) async throws(CloudError) {
    let call = "delete \(id)"
    let response = try await ask(.init(method: "DELETE", path: path), call)
    if response.status != 404 { _ = try accepted(response, call) }
  }

  /// Tells the provider to make something, once: only an answer of too many requests means that it was not done.
  private func tell<Answer: Decodable>(
    _ method: String, _ path: String, _ call: String, _ body: some Encodable
  )
    async throws(CloudError) -> Answer
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let content: Data
    do { content = try encoder.encode(body) } catch { throw flaw(call, .refused("\(error)")) }
    let request = CloudTransport.Request(method: method, path: path, body: content)
    for wait in Self.pauses + [nil] {
      let response: CloudTransport.Response
      do { response = try await transport.send(request) } catch {
        switch error {
        case .notSent(let cause): throw flaw(call, .unreachable(cause))
        case .unanswered(let cause): throw flaw(call, .unknown(cause))
        }
      }
      switch response.status {
      case 429:
        guard let wait else { throw flaw(call, .throttled) }
        try await sleep(wait, call)
      case 500...: throw flaw(call, .unknown("HTTP \(response.status): \(Self.words(response))"))
      default:
        let body = try accepted(response, call)
        // It said yes, so what it said beside that does not matter to whether it was done.
        do { return try JSONDecoder().decode(Answer.self, from: body) } catch {
          throw flaw(call, .unknown("its answer cannot be read"))
        }
      }
    }
    throw flaw(call, .throttled)
  }

  /// Asks a question that may be asked again.
  private func ask(_ request: CloudTransport.Request, _ call: String) async throws(CloudError)
    -> CloudTransport.Response
  {
    var last = CloudError.Flaw.throttled
    for wait in Self.pauses + [nil] {
      do {
        let response = try await transport.send(request)
        guard response.status == 429 || response.status >= 500 else { return response }
        last =
          response.status == 429 ? .throttled : .unknown("HTTP \(response.status): \(Self.words(response))")
      } catch {
        switch error {
        case .notSent(let cause): last = .unreachable(cause)
        case .unanswered(let cause): last = .unknown(cause)
        }
      }
      if let wait { try await sleep(wait, call) }
    }
    throw flaw(call, last)
  }

  /// Every page of a list: without the last one, a machine that nobody sees is paid for.
  private func all<Answer: Decodable, Part>(
    _ path: String, _ call: String, as: Answer.Type, _ parts: (Answer) -> ([Part], Meta?)
  ) async throws(CloudError) -> [Part] {
    var found: [Part] = []
    var cursor = ""
    var seen: Set<String> = []
    while seen.insert(cursor).inserted, seen.count <= 1000 {
      let mark = path.contains("?") ? "&" : "?"
      let page = "\(path)\(mark)per_page=100" + (cursor.isEmpty ? "" : "&cursor=\(Self.encoded(cursor))")
      let answer = try decode(Answer.self, try accepted(await ask(.init(path: page), call), call), call)
      let (some, meta) = parts(answer)
      found += some
      guard let next = meta?.links?.next, !next.isEmpty else { return found }
      cursor = next
    }
    throw flaw(call, .unreadable("its list has no end"))
  }

  private func accepted(_ response: CloudTransport.Response, _ call: String) throws(CloudError) -> Data {
    let words = Self.words(response)
    switch response.status {
    case 200..<300: return response.body
    case 401, 403: throw flaw(call, .unauthorized(words))
    case 400... where Self.isLack(words): throw flaw(call, .noCapacity(words))
    default: throw flaw(call, .refused("HTTP \(response.status): \(words)"))
    }
  }

  /// Vultr has no codes: its sentences are all there is.
  private static func isLack(_ words: String) -> Bool {
    let words = words.lowercased()
    return ["not available in", "sold out", "no capacity", "temporarily unavailable"].contains {
      words.contains($0)
    }
  }

  private static func words(_ response: CloudTransport.Response) -> String {
    ((try? JSONDecoder().decode(ErrorAnswer.self, from: response.body))?.error
      ?? String(decoding: response.body.prefix(200), as: UTF8.self)).excerpt
  }

  private func decode<Answer: Decodable>(_: Answer.Type, _ body: Data, _ call: String) throws(CloudError)
    -> Answer
  {
    do { return try JSONDecoder().decode(Answer.self, from: body) } catch {
      throw flaw(call, .unreadable("\(error)".excerpt))
    }
  }

  private func sleep(_ wait: Duration, _ call: String) async throws(CloudError) {
    do { try await pause(wait) } catch { throw flaw(call, .unknown("it was interrupted")) }
  }

  private func flaw(_ call: String, _ flaw: CloudError.Flaw) -> CloudError {
    CloudError(provider: "Vultr", call: call, flaw)
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._")))
      ?? ""
  }
}
