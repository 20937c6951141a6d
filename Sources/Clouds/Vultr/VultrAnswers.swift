import Building
import Foundation

// The parts of Vultr's answers that are read, and of its orders that are written, by their names there. Anything else
// in an answer is passed over.

struct Meta: Decodable {
  struct Links: Decodable { let next: String? }
  let links: Links?
}

struct ErrorAnswer: Decodable { let error: String }

struct PlansAnswer: Decodable {
  let plans: [PlanPart]
  let meta: Meta?
}

struct PlanPart: Decodable {
  let id: String
  /// In MB.
  let ram: Int
  /// In GB.
  let disk: Int
  let monthly_cost: Double
  let hourly_cost: Double?
  let locations: [String]
  let storage_type: String?
}

struct SystemsAnswer: Decodable {
  let os: [SystemPart]
  let meta: Meta?
}

struct SystemPart: Decodable {
  let id: Int
  let name: String
}

struct ScriptsAnswer: Decodable {
  let startup_scripts: [ScriptPart]
  let meta: Meta?
}

struct ScriptAnswer: Decodable { let startup_script: ScriptPart }

struct ScriptPart: Decodable {
  let id: String
  let name: String
}

struct ScriptOrder: Encodable {
  let name: String
  let type: String
  /// Written in base 64.
  let script: Data
}

struct InstancesAnswer: Decodable {
  let instances: [InstancePart]
  let meta: Meta?
}

struct InstanceAnswer: Decodable { let instance: InstancePart }

struct InstancePart: Decodable {
  let id: String
  let status: String
  let power_status: String
  let server_status: String
  let main_ip: String?
  let tags: [String]?

  /// States go back and forth while a machine is made: active, stopped and locked at once. A machine that boots from the
  /// network may never be `ok`, so that word counts for nothing.
  var server: Server {
    let state: Server.State =
      switch (status, power_status) {
      case ("suspended", _): .suspended
      case ("active", "running"): .running
      case ("active", "stopped") where server_status != "locked" && server_status != "none": .stopped
      default: .installing
      }
    let address = main_ip.flatMap { ["", "0.0.0.0"].contains($0) ? nil : $0 }
    return Server(id: id, state: state, address: address, tags: tags ?? [])
  }
}

struct InstanceOrder: Encodable {
  let region: String
  let plan: String
  let os_id: Int
  let script_id: String
  /// Written in base 64.
  let user_data: Data
  let label: String
  let hostname: String
  let tags: [String]
  let enable_ipv6: Bool
  let backups: String
  let activation_email: Bool
}
